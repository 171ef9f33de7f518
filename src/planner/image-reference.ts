/** Image references in the long form the engine means: `nginx` is `docker.io/library/nginx:latest`. */

/** Long forms made last: hosts name the same images over and over, at every change of what they have. */
const KEPT_MAX = 4_096
const kept = new Map<string, string>()

/** The long form of a reference; a digest or image id stays as it is. */
export function normalizeReference(reference: string): string {
  if (reference === '' || reference.startsWith('sha256:')) return reference
  let full = kept.get(reference)
  if (full === undefined) {
    full = longForm(reference)
    if (kept.size >= KEPT_MAX) kept.clear()
    kept.set(reference, full)
  }
  return full
}

function longForm(reference: string): string {
  const slash = reference.indexOf('/')
  const first = slash < 0 ? '' : reference.slice(0, slash)
  const hasHost = first.includes('.') || first.includes(':') || first === 'localhost'
  const path = hasHost ? reference : `docker.io/${slash < 0 ? 'library/' : ''}${reference}`
  const hostFree = path.replace(/^index\.docker\.io\//, 'docker.io/')
  const full = hostFree.replace(/^docker\.io\/([^/@]+)$/, 'docker.io/library/$1')
  const last = full.slice(full.lastIndexOf('/') + 1)
  return last.includes(':') || last.includes('@') ? full : `${full}:latest`
}

/** The repository of a reference in long form, without tag and digest: `docker.io/library/nginx`. */
export function repositoryOf(reference: string): string {
  const full = normalizeReference(reference)
  const at = full.indexOf('@')
  const named = at < 0 ? full : full.slice(0, at)
  const colon = named.lastIndexOf(':')
  return colon > named.lastIndexOf('/') ? named.slice(0, colon) : named
}

/** True when the reference names bytes rather than a tag. */
export function isPinnedReference(reference: string): boolean {
  return reference.includes('@sha256:') || reference.startsWith('sha256:')
}
