/** What validation finds in one object: a place and a sentence. Sync adds file, line and column. */

/** From the object's root: field names, map keys, and list indexes as numbers. */
export type Path = readonly (string | number)[]

export interface Finding {
  readonly path: Path
  /** What is wrong and what to do; never a value from a Secret. */
  readonly message: string
}

/** `spec.template.spec.containers[0].image`; a map key that is no plain word stands in brackets: `data[my.cnf]`. */
export function formatPath(path: Path): string {
  let text = ''
  for (const part of path) {
    if (typeof part === 'number' || !/^[\w$-]+$/.test(part)) text += `[${part}]`
    else text += text === '' ? part : `.${part}`
  }
  return text
}
