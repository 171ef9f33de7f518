/** Which objects a change adds, changes, moves and removes; values of Secrets are never among it. */
import { compareText } from '../../base/ordered.js'
import type { DesiredObject, DesiredState } from '../../model/desired-state.js'
import type { ObjectKey } from '../../model/keys.js'
import { changesBetween, type FieldChange } from '../../sync/history.js'
import type { FieldDiff, ObjectPreview } from './preview-types.js'

/** Changes of these fields alone do nothing to what runs. */
const COSMETIC_PATHS = /^metadata\.(labels|annotations)\b|^metadata\.(labels|annotations)$/
/** Their labels are selected by, and their annotations say what they are. */
const SELECTED_KINDS: ReadonlySet<string> = new Set(['Node', 'Namespace', 'StorageClass', 'IngressClass'])

export interface ObjectPreviewInput {
  readonly base: DesiredState
  readonly head: DesiredState
  /** Objects whose text reads otherwise though they mean the same. */
  readonly retouched: ReadonlySet<ObjectKey>
  /** Something that runs follows from a change of this object. */
  isTouched(key: ObjectKey): boolean
}

/** Sorted by key. */
export function previewObjects({ base, head, retouched, isTouched }: ObjectPreviewInput): ObjectPreview[] {
  const previews = changesBetween(base, head).map((change): ObjectPreview => {
    const before = base.objects.get(change.key)
    const after = head.objects.get(change.key)
    const fields = change.fields.map((field) => fieldDiff(field, (after ?? before)?.kind === 'Secret'))
    const isCosmetic =
      change.action === 'change' &&
      !SELECTED_KINDS.has(after?.kind ?? '') &&
      change.fields.every((field) => COSMETIC_PATHS.test(field.path) && !isObeyed(field)) &&
      !isTouched(change.key)
    return {
      action: change.action === 'change' ? 'update' : change.action,
      key: change.key,
      file: change.file,
      line: change.line,
      fromFile: movedFrom(before, after),
      cosmetic: isCosmetic,
      fields,
      diff: diffText(fields),
    }
  })
  const moves = movedObjects(base, head)
  const rest = retouchedObjects(base, head, retouched)
  return [...previews, ...moves, ...rest].sort((left, right) => compareText(left.key, right.key))
}

/** Headway's own annotations: to drain, to roll or not. */
function isObeyed({ path, before, after }: FieldChange): boolean {
  return path.includes('headway.dev/') || `${text(before)} ${text(after)}`.includes('"headway.dev/')
}

/** Objects that stand in another file and are the same otherwise. */
function movedObjects(base: DesiredState, head: DesiredState): ObjectPreview[] {
  const moves: ObjectPreview[] = []
  for (const [key, after] of head.objects) {
    const before = base.objects.get(key)
    const from = movedFrom(before, after)
    if (before === undefined || from === null || before.hash !== after.hash) continue
    const { file, line } = after.origin
    moves.push({ action: 'move', key, file, line, fromFile: from, cosmetic: true, fields: [], diff: '' })
  }
  return moves
}

/** Comments, order, defaults written out: no field differs. */
function retouchedObjects(base: DesiredState, head: DesiredState, keys: ReadonlySet<ObjectKey>): ObjectPreview[] {
  const previews: ObjectPreview[] = []
  for (const key of keys) {
    const before = base.objects.get(key)
    const after = head.objects.get(key)
    if (before === undefined || after === undefined || before.hash !== after.hash) continue
    if (movedFrom(before, after) !== null) continue
    const { file, line } = after.origin
    previews.push({ action: 'update', key, file, line, fromFile: null, cosmetic: true, fields: [], diff: '' })
  }
  return previews
}

function movedFrom(before: DesiredObject | undefined, after: DesiredObject | undefined): string | null {
  if (before === undefined || after === undefined || before.origin.file === after.origin.file) return null
  return before.origin.file
}

function fieldDiff({ path, before, after }: FieldChange, isSecret: boolean): FieldDiff {
  if (isSecret && /^(data|stringData)\b/.test(path)) {
    return {
      path,
      before: before === undefined ? null : '(a secret value)',
      after: after === undefined ? null : before === undefined ? '(a secret value)' : '(another secret value)',
    }
  }
  return { path, before: text(before), after: text(after) }
}

function text(value: unknown): string | null {
  return value === undefined ? null : JSON.stringify(value)
}

function diffText(fields: readonly FieldDiff[]): string {
  return fields
    .flatMap(({ path, before, after }) => [
      ...(before === null ? [] : [`- ${path}: ${before}\n`]),
      ...(after === null ? [] : [`+ ${path}: ${after}\n`]),
    ])
    .join('')
}
