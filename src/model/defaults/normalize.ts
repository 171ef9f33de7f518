/**
 * One form for everything that means the same: nulls dropped, quantities canonical, zero values that mean the same as
 * no value dropped, and what only a server sets taken off. Driven by the field table. Without a `zero` mark a scalar, list
 * or map that is zero or empty means the same as none, and an empty object means something (`emptyDir: {}`).
 */
import { definitions, type Field } from '../generated/fields.js'
import { canonicalQuantity } from './canonical-quantity.js'
import { dropNulls } from './drop-nulls.js'

/** Set by a server, never by a commit; kubectl prints them, so they get into repositories. */
const SERVER_SET = new Set([
  'creationTimestamp',
  'deletionGracePeriodSeconds',
  'deletionTimestamp',
  'generation',
  'managedFields',
  'ownerReferences',
  'resourceVersion',
  'selfLink',
  'uid',
])

/** Schemas inside a schema: there a zero is a value (`minimum: 0`). */
const LEFT_ALONE = new Set(['JSONSchemaProps'])

/** The object in normal form, by its definition. Unknown fields stay as they are. */
export function normalize<T>(value: T, definition: string): T {
  return normalObject(dropNulls(value, definition), definition) as T
}

function normalObject(value: unknown, definition: string): unknown {
  const fields = Object.hasOwn(definitions, definition) ? definitions[definition] : undefined
  if (definition === 'Quantity' && (typeof value === 'string' || typeof value === 'number'))
    return canonicalQuantity(value)
  if (fields === undefined || LEFT_ALONE.has(definition) || !isRecord(value)) return value
  const out: Record<string, unknown> = {}
  for (const [name, item] of Object.entries(value)) {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined
    if (field === undefined) out[name] = item
    else if (definition === 'ObjectMeta' && SERVER_SET.has(name)) continue
    else if (name === 'status' && fields['metadata'] !== undefined) continue
    else {
      const normal = normalField(item, field)
      if (field.required === true || !meansNothing(normal, field)) out[name] = normal
    }
  }
  return out
}

function normalField(value: unknown, field: Field): unknown {
  if (field.container === 'list' && Array.isArray(value)) return value.map((item) => normalObject(item, field.type))
  if (field.container === 'map' && isRecord(value))
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, normalObject(item, field.type)]))
  return normalObject(value, field.type)
}

function meansNothing(value: unknown, field: Field): boolean {
  if (value === undefined) return true
  if (field.zero === 'kept') return false
  if (value === '' || value === 0 || value === false) return true
  if (typeof value !== 'object' || value === null || Object.keys(value).length > 0) return false
  return field.container !== undefined || field.zero === 'absent'
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
