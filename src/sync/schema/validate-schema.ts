/**
 * An object against the schema of its kind: types, unknown and missing fields, enumerations, formats, and fields that
 * are refused or only accepted. All findings at once. Rules beyond types are in src/model/validate. The validators are
 * standalone code made from schemas/ at build time: nothing is compiled at start-up.
 */
import { dropNulls, rootDefinition } from '../../model/defaults/drop-nulls.js'
import { type Kind, type KindInfo, kinds } from '../../model/kinds.js'
import type { Path } from '../../model/validate/finding.js'
import { describeError } from './describe-error.js'
import { validators } from './generated/validators.js'
import type { SchemaFinding } from './schema-finding.js'
import { supportFindings } from './support-findings.js'

export type { SchemaFinding } from './schema-finding.js'

/** Every finding about an object as decoded from a manifest (before defaults); none when it fits its schema and all is acted on. */
export function validateSchema(kind: Kind, apiVersion: string, object: unknown): SchemaFinding[] {
  const definition = rootDefinition(apiVersion, kind)
  const validate = validators[`${apiVersion} ${kind}`]
  if (definition === undefined || validate === undefined) return [unknownVersion(kind, apiVersion)]
  if (object === null || typeof object !== 'object' || Array.isArray(object))
    return [{ severity: 'error', code: 'invalid-object', path: [], message: 'must be an object (a mapping)' }]
  const plain = dropNulls(object, definition)
  const support = supportFindings(plain, { definition, warns: kinds[kind].support === 'carried-out' })
  if (validate(plain)) return support
  const input = { object: plain, definition, apiVersion, hidesValues: kind === 'Secret' }
  const refused = support.filter((finding) => finding.severity === 'error')
  const findings = (validate.errors ?? [])
    .flatMap((error) => describeError(error, input))
    .filter((finding) => !refused.some((above) => isBelow(finding.path, above.path)))
  return [...findings, ...support]
}

/** True when `path` is `above` or stands below it: what is wrong inside a refused field does not matter. */
function isBelow(path: Path, above: Path): boolean {
  return above.length <= path.length && above.every((part, i) => part === path[i])
}

function unknownVersion(kind: Kind, apiVersion: string): SchemaFinding {
  const info: KindInfo = kinds[kind]
  const known = info.versions.map((version) => (info.group === '' ? version : `${info.group}/${version}`))
  const message = `no kind "${kind}" is known for version "${apiVersion}": use ${known.join(' or ')}`
  return { severity: 'error', code: 'unsupported', path: ['apiVersion'], message }
}
