/** Building defaulted copies of read-only objects. */

/** A copy with one field replaced by what `change` makes of it; the object itself when it does not have the field. */
export function mapped<T extends object, K extends keyof T>(
  object: T,
  field: K,
  change: (value: NonNullable<T[K]>) => NonNullable<T[K]>,
): T {
  const value = object[field]
  if (value === undefined || value === null) return object
  const changed = change(value as NonNullable<T[K]>)
  return changed === value ? object : { ...object, [field]: changed }
}

/** A copy with one list field's items replaced; the object itself when it does not have the field. */
export function mappedItems<T extends object, K extends keyof T>(
  object: T,
  field: K,
  change: (item: ItemOf<NonNullable<T[K]>>) => ItemOf<NonNullable<T[K]>>,
): T {
  return mapped(object, field, (items) => (items as readonly never[]).map(change) as NonNullable<T[K]>)
}

type ItemOf<L> = L extends readonly (infer I)[] ? I : never

/** A copy without the fields named. */
export function without<T extends object>(object: T, ...fields: readonly (keyof T)[]): T {
  if (!fields.some((field) => object[field] !== undefined)) return object
  const copy = { ...object }
  for (const field of fields) delete copy[field]
  return copy
}

/** Sets a field of a fresh object; `__proto__` from a manifest becomes a field like any other, not a prototype. */
export function putOwn(object: Record<string, unknown>, name: string, value: unknown): void {
  if (name !== '__proto__') object[name] = value
  else Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true })
}
