/** Image references in the long form the engine means: `nginx` is `docker.io/library/nginx:latest`. */

/** The long form of a reference; a digest or image id stays as it is. */
export function normalizeReference(reference: string): string {
  if (reference === '' || reference.startsWith('sha256:')) return reference
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
