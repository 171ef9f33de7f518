/**
 * Null in a manifest means what it means to Kubernetes' decoder: a field that is null is absent, a null in a list or
 * map is the zero value of its type (manifests: a null env value means empty).
 */
import { definitions, type Field, rootDefinitions } from '../generated/fields.js'
import { putOwn } from './mapped.js'
import { isQuantityType, scalarOf } from './scalar-types.js'

/** The definition of objects of an apiVersion and kind; undefined when the schemas have none. */
export function rootDefinition(apiVersion: string, kind: string): string | undefined {
  const key = `${apiVersion} ${kind}`
  return Object.hasOwn(rootDefinitions, key) ? rootDefinitions[key] : undefined
}

/** The object without nulls, by its definition; the object itself (===) when it has none. Unknown fields stay as they are. */
export function dropNulls<T>(value: T, definition: string): T {
  return hasNull(value) ? (dropInObject(value, definition) as T) : value
}

function hasNull(value: unknown): boolean {
  if (value === null) return true
  if (typeof value !== 'object') return false
  if (Array.isArray(value)) return value.some(hasNull)
  for (const key in value) if (hasNull((value as Record<string, unknown>)[key])) return true
  return false
}

function dropInObject(value: unknown, definition: string): unknown {
  const fields = Object.hasOwn(definitions, definition) ? definitions[definition] : undefined
  if (fields === undefined || value === null || typeof value !== 'object' || Array.isArray(value)) return value
  const out: Record<string, unknown> = {}
  for (const [name, item] of Object.entries(value)) {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined
    if (field === undefined) putOwn(out, name, item)
    else if (item !== null) putOwn(out, name, dropInField(item, field))
  }
  return out
}

function dropInField(value: unknown, field: Field): unknown {
  const one = (item: unknown): unknown => (item === null ? zeroOf(field.type) : dropInObject(item, field.type))
  if (field.container === 'list') return Array.isArray(value) ? value.map(one) : value
  if (field.container !== 'map' || typeof value !== 'object' || value === null) return dropInObject(value, field.type)
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, one(item)]))
}

/** What Go's decoder makes of a null where there must be a value of the type. */
function zeroOf(type: string): unknown {
  if (isQuantityType(type)) return '0'
  switch (scalarOf(type)) {
    case 'string':
      return ''
    case 'number':
      return 0
    case 'boolean':
      return false
    case 'any':
      return null
    default:
      return {}
  }
}
