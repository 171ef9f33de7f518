import type { DesiredObject, DesiredState } from '../../model/desired-state.js'
import type { FieldChange, ObjectChange } from '../history.js'
export function diffFields(_before: unknown, _after: unknown): FieldChange[] {
  throw new Error('not there yet')
}
export function diffObjects(_before: DesiredObject | null, _after: DesiredObject | null): ObjectChange | null {
  throw new Error('not there yet')
}
export function changesBetween(_before: DesiredState | null, _after: DesiredState): ObjectChange[] {
  throw new Error('not there yet')
}
