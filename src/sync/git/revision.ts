/** Resolves revisions as people write them: names, ids and their starts, with `~N`, `^N` behind (gitrevisions, the common part). */
import { SyncError } from '../sync-error.js'
import { isOid, type Repository } from './repository.js'

/** The commit a revision names; null when there is none. Throws SyncError `unknown-revision` for an ambiguous start. */
export function resolveRevision(repository: Repository, revision: string): string | null {
  const match = /^(.*?)((?:[~^]\d*)*)$/s.exec(revision)
  if (match === null) return null
  let oid = resolveName(repository, match[1]!)
  for (const step of match[2]!.match(/[~^]\d*/g) ?? []) {
    if (oid === null) return null
    oid = takeStep(repository, oid, step)
  }
  return oid
}

/** A revision with `HEAD` or `@` meaning a branch, whatever the repository's own HEAD is. */
export function onBranchTip(revision: string, branch: string): string {
  return revision.replace(/^(?:HEAD|@)(?=$|[~^])/, () => `refs/heads/${branch}`)
}

function resolveName(repository: Repository, name: string): string | null {
  if (name === '' || name === '@') return peel(repository, repository.readRef('HEAD'))
  if (/[\0\s:?*[\\]|\.\.|^\/|^-/.test(name)) return null
  if (isOid(name, repository.oidLength)) return peel(repository, name)
  const places = [name === 'HEAD' ? name : '', `refs/heads/${name}`, `refs/tags/${name}`, `refs/remotes/${name}`]
  if (name.startsWith('refs/')) places.unshift(name)
  for (const place of places) {
    const oid = place === '' ? null : repository.readRef(place)
    if (oid !== null) return peel(repository, oid)
  }
  return resolveStart(repository, name)
}

function resolveStart(repository: Repository, start: string): string | null {
  if (!/^[0-9a-f]{4,64}$/.test(start)) return null
  const names = repository.namesWith(start).filter((oid) => peel(repository, oid) !== null)
  if (names.length > 1) {
    throw new SyncError('unknown-revision', `${start} is the start of more than one commit: give more digits of it`)
  }
  return names[0] === undefined ? null : peel(repository, names[0])
}

/** The commit behind an annotated tag. */
function peel(repository: Repository, oid: string | null): string | null {
  if (oid === null) return null
  const object = repository.objects.read(oid)
  if (object?.type === 'commit') return oid
  if (object?.type !== 'tag') return null
  return peel(repository, /^object ([0-9a-f]+)$/m.exec(object.data.toString('utf8'))?.[1] ?? null)
}

function takeStep(repository: Repository, oid: string, step: string): string | null {
  const number = step.length === 1 ? 1 : Number(step.slice(1))
  if (step.startsWith('^')) {
    if (number === 0) return oid
    const parent = repository.commit(oid).parents[number - 1]
    return parent !== undefined && repository.hasCommit(parent) ? parent : null
  }
  return repository.firstParents(oid, number + 1)[number]?.id ?? null
}
