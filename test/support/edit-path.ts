/** Small changes to a manifest by path, for tables of just-inside and just-outside rows. */

/** A copy with `value` at `spec.containers.0.name` (a key with dots goes in brackets: `data[tls.crt]`); undefined removes it. */
export function withPath<T>(object: T, path: string, value: unknown): T {
  const parts = [...path.matchAll(/\[([^\]]+)\]|([^.[\]]+)/g)].map(([, bracketed, plain]) => bracketed ?? plain ?? '')
  const copy = structuredClone(object)
  let at = copy as Record<string, unknown>
  for (const part of parts.slice(0, -1)) {
    at[part] ??= {}
    at = at[part] as Record<string, unknown>
  }
  const last = parts.at(-1) ?? ''
  if (value === undefined) delete at[last]
  else at[last] = value
  return copy
}
