/**
 * One form for everything that means the same: nulls dropped, quantities canonical, zero values that mean the same as
 * no value dropped, and what only a server sets taken off. Driven by the field table. Without a `zero` mark a scalar, list
 * or map that is zero or empty means the same as none, and an empty object means something (`emptyDir: {}`).
 */
import { definitions, type Field } from '../generated/fields.js'
import { canonicalQuantity } from './canonical-quantity.js'
import { dropNulls } from './drop-nulls.js'
import { putOwn } from './mapped.js'

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

/** The field table as maps: a name like `constructor` finds nothing. */
const fieldsByDefinition: ReadonlyMap<string, ReadonlyMap<string, Field>> = new Map(
  Object.entries(definitions).map(([name, fields]) => [name, new Map(Object.entries(fields))]),
)

/** The object in normal form, by its definition. Unknown fields stay as they are. */
export function normalize<T>(value: T, definition: string): T {
  return normalObject(dropNulls(value, definition), definition) as T
}

function normalObject(value: unknown, definition: string): unknown {
  if (definition === 'Quantity')
    return typeof value === 'string' || typeof value === 'number' ? canonicalQuantity(value) : value
  const fields = LEFT_ALONE.has(definition) ? undefined : fieldsByDefinition.get(definition)
  if (fields === undefined || !isRecord(value)) return value
  const isMetadata = definition === 'ObjectMeta'
  const isRoot = fields.has('metadata')
  const out: Record<string, unknown> = {}
  for (const name of Object.keys(value)) {
    const field = fields.get(name)
    if (field === undefined) putOwn(out, name, value[name])
    else if ((isMetadata && SERVER_SET.has(name)) || (isRoot && name === 'status')) continue
    else {
      const normal = normalField(value[name], field)
      if (field.required === true || !meansNothing(normal, field)) putOwn(out, name, normal)
    }
  }
  return out
}

function normalField(value: unknown, field: Field): unknown {
  // Texts and numbers stay as they are, and most of what is in a manifest is such.
  if (field.container !== undefined && field.type === 'string') return value
  if (field.container === 'list' && Array.isArray(value)) return value.map((item) => normalObject(item, field.type))
  if (field.container !== 'map' || !isRecord(value)) return normalObject(value, field.type)
  const out: Record<string, unknown> = {}
  for (const key of Object.keys(value)) putOwn(out, key, normalObject(value[key], field.type))
  return out
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
