/** One error of a standalone validator as a finding: where, and a sentence in the words of kubectl and the Kubernetes API. */
import { definitions, type Field } from '../../model/generated/fields.js'
import { formatPath } from '../../model/validate/finding.js'
import type { ValidatorError } from './generated/validators.js'
import { nameBeginningLike, nearestName } from './nearest-name.js'
import type { SchemaFinding } from './schema-finding.js'

export interface DescribeInput {
  readonly object: object
  readonly definition: string
  readonly apiVersion: string
  /** True for Secrets: their values never go into messages (DESIGN 18). */
  readonly hidesValues: boolean
}

/** A place in the object, with what the field table knows of it. */
interface Place {
  readonly path: readonly (string | number)[]
  readonly value: unknown
  /** Definition of the value when it is an object with fields, else its scalar type. */
  readonly type: string
  /** Definitions of the objects above, outermost first, with their paths. */
  readonly above: readonly { readonly path: readonly (string | number)[]; readonly definition: string }[]
}

/** Old names of fields that today's version has elsewhere; the first version of Ingress is still all over the web. */
const MOVED: Readonly<Record<string, string>> = {
  'IngressBackend.serviceName': 'service.name',
  'IngressBackend.servicePort': 'service.port.number or service.port.name',
  'ServiceSpec.ipFamily': 'ipFamilies',
  'ServiceSpec.topologyKeys': 'trafficDistribution',
}

/** The finding for an error; none when Kubernetes would not see one (an empty text where one of some words must stand counts as absent). */
export function describeError(error: ValidatorError, input: DescribeInput): SchemaFinding[] {
  const place = locate(error.instancePath, input)
  const invalid = (message: string, path = place.path): SchemaFinding[] => [
    { severity: 'error', code: 'invalid-object', path, message },
  ]
  switch (error.keyword) {
    case 'additionalProperties':
      return [unknownField(String(error.params['additionalProperty']), place, input)]
    case 'required': {
      const missing = String(error.params['missingProperty'])
      return invalid('Required value', [...place.path, missing])
    }
    case 'type':
      return withMeant(invalid(wrongType(place, [error.params['type']].flat().map(String), input)), error)
    case 'enum':
      if (place.value === '') return []
      return withMeant(invalid(unsupportedValue(place.value, error.params['allowedValues'], input)), error)
    case 'pattern':
      return invalid(wrongForm(place, input))
    case 'minimum':
    case 'maximum':
      return invalid(`must be ${error.params['comparison']} ${error.params['limit']}`)
    default:
      return invalid(`does not fit its schema (${error.keyword})`)
  }
}

/** Words of an enumeration, or true and false. */
function withMeant(findings: SchemaFinding[], { params }: ValidatorError): SchemaFinding[] {
  const meant = params['type'] === 'boolean' ? [true, false] : params['allowedValues']
  return Array.isArray(meant) ? findings.map((finding) => ({ ...finding, meant })) : findings
}

function locate(pointer: string, input: DescribeInput): Place {
  const path: (string | number)[] = []
  const above: { path: readonly (string | number)[]; definition: string }[] = []
  let value: unknown = input.object
  let type = input.definition
  let container: Field['container']
  for (const part of pointer === '' ? [] : pointer.slice(1).split('/')) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~')
    path.push(Array.isArray(value) ? Number(name) : name)
    if (container === undefined) {
      above.push({ path: path.slice(0, -1), definition: type })
      const field: Field | undefined = definitions[type]?.[name]
      type = field?.type ?? 'any'
      container = field?.container
    } else container = undefined
    value = (value as Record<string, unknown> | undefined)?.[name]
  }
  return { path, value, type, above }
}

function unknownField(name: string, place: Place, input: DescribeInput): SchemaFinding {
  const path = [...place.path, name]
  return {
    severity: 'error',
    code: 'unknown-field',
    path,
    message: `unknown field "${name}"${hint(name, place, input)}`,
  }
}

/** Where the field was meant to stand: a near name here, the same name in an object above, below or beside, or what replaced it. */
function hint(name: string, place: Place, input: DescribeInput): string {
  const moved = MOVED[`${place.type}.${name}`]
  if (moved !== undefined) return `: ${input.apiVersion} has "${moved}" in its place`
  const here = definitions[place.type] ?? {}
  const near = nearestName(name, Object.keys(here))
  if (near !== null) return `, did you mean "${near}"?`
  for (const { path, definition } of [...place.above].reverse()) {
    if (Object.hasOwn(definitions[definition] ?? {}, name))
      return `, which belongs ${path.length === 0 ? 'at the top' : `in ${formatPath(path)}`} (check the indentation)`
  }
  for (const [child, field] of Object.entries(here)) {
    if (field.container !== 'map' && Object.hasOwn(definitions[field.type] ?? {}, name))
      return `, which belongs in "${child}${field.container === 'list' ? '[]' : ''}"`
  }
  const like = nameBeginningLike(name, Object.keys(here))
  return like === null ? '' : `, did you mean "${like}"?`
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: 'a string',
  integer: 'an integer',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object (a mapping)',
}

function wrongType(place: Place, wanted: readonly string[], input: DescribeInput): string {
  const words = wanted.map((type) => TYPE_WORDS[type] ?? type).join(' or ')
  const { value } = place
  const actual = Array.isArray(value)
    ? 'a list'
    : typeof value === 'object'
      ? 'an object'
      : typeof value === 'boolean'
        ? 'a boolean'
        : `a ${typeof value}`
  const shown = input.hidesValues || typeof value === 'object' ? '' : ` (${quote(value)})`
  const isPlain = typeof value === 'number' || typeof value === 'boolean'
  const advice = wanted.join() === 'string' && isPlain ? ': put it in quotes' : ''
  return `must be ${words}, not ${actual}${shown}${advice}`
}

function unsupportedValue(value: unknown, allowed: unknown, input: DescribeInput): string {
  const values = (Array.isArray(allowed) ? allowed : []).map(String).filter((one) => one !== '')
  const list = [...values].sort().map(quote).join(', ')
  const shown = input.hidesValues ? '' : `: ${quote(value)}`
  const near = typeof value === 'string' ? nearestName(value, values) : null
  const advice = near === null ? '' : `; did you mean ${quote(near)}?`
  return `Unsupported value${shown}: supported values: ${list}${advice}`
}

function wrongForm(place: Place, input: DescribeInput): string {
  const shown = input.hidesValues ? 'the value' : quote(place.value)
  if (place.type === 'Quantity') return `${shown} is not a quantity: write it like 500m, 2, 1.5Gi or 128Mi`
  if (place.type === 'Time' || place.type === 'MicroTime')
    return `${shown} is not a time: write it like 2026-11-21T10:00:00Z`
  return 'must be base64 (in a Secret, plain text goes under stringData)'
}

/** A value as JSON, cut when it is long. */
function quote(value: unknown): string {
  const text = JSON.stringify(value)
  return text.length > 60 ? `${text.slice(0, 57)}…"` : text
}
