/** Fields that are set and that nothing acts on (a warning each) or that are refused (an error each), by the field table. */
import { isEqual } from '../../base/equal.js'
import { definitions, type Field } from '../../model/generated/fields.js'
import type { Path } from '../../model/validate/finding.js'
import type { SchemaFinding } from './schema-finding.js'

export interface SupportInput {
  readonly definition: string
  /** False for a kind that is not carried out at all: one warning for the kind says it all. */
  readonly warns: boolean
}

/** Every finding, in the order of the object's fields. What stands below an accepted or refused field is not looked at. */
export function supportFindings(object: unknown, input: SupportInput): SchemaFinding[] {
  const findings: SchemaFinding[] = []
  const path: (string | number)[] = []
  const visit = (value: unknown, definition: string): void => {
    const fields = definitions[definition]
    if (fields === undefined || typeof value !== 'object' || value === null || Array.isArray(value)) return
    for (const name in value) {
      const field = Object.hasOwn(fields, name) ? fields[name] : undefined
      if (field === undefined) continue
      const item = (value as Record<string, unknown>)[name]
      path.push(name)
      if (field.support === 'acted-on') {
        if (field.acceptedValues !== undefined || field.refusedValues !== undefined)
          findings.push(...valueFindings(item, field, path, input.warns))
        visitItems(item, field)
      } else if (field.support === 'refused' || input.warns) findings.push(...fieldFinding(name, item, field, path))
      else visitItems(item, field)
      path.pop()
    }
  }
  const visitItems = (value: unknown, field: Field): void => {
    if (field.container === undefined) visit(value, field.type)
    else if (definitions[field.type] === undefined || typeof value !== 'object' || value === null) return
    else if (Array.isArray(value)) {
      for (let i = 0; i < value.length; i++) {
        path.push(i)
        visit(value[i], field.type)
        path.pop()
      }
    } else {
      for (const [key, item] of Object.entries(value)) {
        path.push(key)
        visit(item, field.type)
        path.pop()
      }
    }
  }
  visit(object, input.definition)
  return findings
}

function fieldFinding(name: string, value: unknown, field: Field, path: Path): SchemaFinding[] {
  if (field.quiet === true || asksForNothing(value, field)) return []
  const reason = field.reason === undefined ? '' : `: ${field.reason}`
  if (field.support === 'refused')
    return [
      { severity: 'error', code: 'unsupported', path: [...path], message: `field "${name}" is not supported${reason}` },
    ]
  return [
    {
      severity: 'warning',
      code: 'ignored-field',
      path: [...path],
      message: `field "${name}" is accepted but not acted on${reason}`,
    },
  ]
}

function valueFindings(value: unknown, field: Field, path: Path, warns: boolean): SchemaFinding[] {
  if (typeof value !== 'string') return []
  const refused = field.refusedValues?.[value]
  if (refused !== undefined) {
    const message = `"${value}" is not supported: ${refused}`
    return [{ severity: 'error', code: 'unsupported', path: [...path], message }]
  }
  const meaning = field.acceptedValues?.[value]
  if (meaning === undefined || !warns) return []
  const message = `"${value}" is accepted but not acted on: ${meaning}`
  return [{ severity: 'warning', code: 'ignored-field', path: [...path], message }]
}

/** False, zero and empty values, and those the field table names as satisfied without any action. */
function asksForNothing(value: unknown, field: Field): boolean {
  if (field.support === 'accepted') {
    if (value === false || value === 0 || value === '' || value === null || value === undefined) return true
    if (typeof value === 'object' && Object.keys(value).length === 0) return true
  }
  return (field.satisfiedBy ?? []).some((fine) => isEqual(fine, value))
}
