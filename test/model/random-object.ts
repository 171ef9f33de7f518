/** Random objects of any kind that have the right types, from the field table: for what must hold of all of them. */
import type { Random } from '../../src/base/random.js'
import { definitions, type Field, rootDefinitions } from '../../src/model/generated/fields.js'
import { apiVersionOf, type Kind } from '../../src/model/kinds.js'

const DEPTH_MAX = 8
const TEXTS = [
  '',
  'web',
  'Web_1',
  'a.b/c',
  '10.0.0.1',
  '25%',
  '..',
  '500m',
  '80',
  'None',
  'Always',
  'Never',
  'ä b',
  'metadata.name',
]

/** An object of the kind; deep parts thin out, nulls come now and then where `nulls` allows. */
export function randomObject(kind: Kind, random: Random, nulls: boolean): Record<string, unknown> {
  const apiVersion = apiVersionOf(kind)
  const definition = rootDefinitions[`${apiVersion} ${kind}`] ?? ''
  return { ...record(definition, random, 0, nulls), apiVersion, kind }
}

function record(definition: string, random: Random, depth: number, nulls: boolean): Record<string, unknown> {
  const result: Record<string, unknown> = {}
  for (const [name, field] of Object.entries(definitions[definition] ?? {})) {
    const wanted = field.required === true || name === 'spec' || name === 'template' || name === 'metadata'
    if (!wanted && !random.chance(depth < 3 ? 0.35 : 0.2)) continue
    result[name] =
      nulls && field.required !== true && random.chance(0.1) ? null : fieldValue(field, random, depth, nulls)
  }
  return result
}

function fieldValue(field: Field, random: Random, depth: number, nulls: boolean): unknown {
  const one = (): unknown => value(field.type, random, depth + 1, nulls)
  const count = depth > DEPTH_MAX ? 0 : random.integer(0, 2)
  if (field.container === 'list') return Array.from({ length: count }, one)
  if (field.container === 'map')
    return Object.fromEntries(Array.from({ length: count }, () => [random.pick(TEXTS), one()]))
  return one()
}

function value(type: string, random: Random, depth: number, nulls: boolean): unknown {
  switch (type) {
    case 'string':
      return random.pick(TEXTS)
    case 'Quantity':
      return random.pick<unknown>(['1', '500m', '1Gi', '-1', 0.5, 2, 'junk'])
    case 'IntOrString':
      return random.pick<unknown>([0, 1, 80, -1, '25%', '0%', 'http', ''])
    case 'integer':
      return random.pick([-1, 0, 1, 3, 80, 30_000, 70_000])
    case 'number':
      return random.next()
    case 'boolean':
      return random.chance(0.5)
    case 'Time':
    case 'MicroTime':
      return '2026-01-01T00:00:00Z'
    default:
      if (definitions[type] === undefined) return {}
      return depth > DEPTH_MAX ? shallow(type, random) : record(type, random, depth, nulls)
  }
}

/** Only what is required: ends recursion. */
function shallow(type: string, random: Random): Record<string, unknown> {
  const fields = Object.entries(definitions[type] ?? {}).filter(([, field]) => field.required === true)
  return Object.fromEntries(
    fields.map(([name, field]) => {
      if (field.container === 'list') return [name, []]
      if (field.container === 'map') return [name, {}]
      return [
        name,
        definitions[field.type] === undefined
          ? value(field.type, random, DEPTH_MAX + 1, false)
          : shallow(field.type, random),
      ]
    }),
  )
}
