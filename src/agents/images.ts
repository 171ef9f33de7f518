/**
 * Finding images on the host or in a registry. A pinned image is taken by id or digest, so that all replicas of a
 * revision run the same bytes (DESIGN 19); pulls of one reference are made once at a time.
 */
import type { ResolvedImage } from '../model/observed-state.js'
import type { ConfigContents } from '../model/protocol.js'
import type { Operation } from './core/agent-effect.js'
import { type RegistryAuth, type Runtime, RuntimeError, type RuntimeImage } from './runtime.js'

type EnsureImage = Extract<Operation, { type: 'ensure-image' }>

export class ImageStore {
  private readonly pulls = new Map<string, Promise<RuntimeImage>>()

  constructor(
    private readonly runtime: Runtime,
    private readonly onPulled: () => void,
  ) {}

  /** The image a container is to run. Errors: RuntimeError `image-pull`, `image-missing`. */
  async ensure(request: EnsureImage, secrets: readonly ConfigContents[]): Promise<RuntimeImage> {
    const { reference, pinned, policy } = request
    const byDigest = pinned.digest.startsWith('sha256:') ? `${repositoryOf(reference)}@${pinned.digest}` : pinned.digest
    for (const name of [pinned.id, byDigest]) {
      const image = name === '' ? null : await this.runtime.inspectImage(name)
      if (image !== null) return image
    }
    const isPinned = pinned.id !== '' || byDigest !== ''
    if (!isPinned && policy !== 'Always') {
      const image = await this.runtime.inspectImage(reference)
      if (image !== null) return image
    }
    if (policy === 'Never')
      throw new RuntimeError(
        'image-missing',
        `image "${reference}" is not on this node and its pull policy is Never`,
        false,
      )
    const image = await this.pull(byDigest || reference, secrets)
    if (byDigest === '' && pinned.id !== '' && image.id !== pinned.id)
      throw new RuntimeError(
        'image-pull',
        `image "${reference}" is ${image.id} in the registry, but this revision runs ${pinned.id}: push that image, or change the tag in the manifest`,
        false,
      )
    return image
  }

  /** The id and digest of a reference, for the planner to pin. Never throws. */
  async resolve(reference: string, secrets: readonly ConfigContents[]): Promise<ResolvedImage> {
    try {
      const local = await this.runtime.inspectImage(reference)
      const image = local !== null && !isMoving(reference) ? local : await this.refresh(reference, local, secrets)
      const repository = repositoryOf(reference)
      const digest = image.digests.find((name) => repositoryOf(name) === repository) ?? image.digests[0] ?? ''
      return { reference, id: image.id, digest, error: '' }
    } catch (error) {
      return { reference, id: '', digest: '', error: (error as Error).message }
    }
  }

  /** The registry's newest; where no registry answers, what is here. */
  private async refresh(
    reference: string,
    local: RuntimeImage | null,
    secrets: readonly ConfigContents[],
  ): Promise<RuntimeImage> {
    // An image that no registry ever named was made here: there is nothing newer to ask for.
    if (local !== null && local.digests.length === 0) return local
    try {
      return await this.pull(reference, secrets)
    } catch (error) {
      if (local !== null) return local
      throw error
    }
  }

  private pull(reference: string, secrets: readonly ConfigContents[]): Promise<RuntimeImage> {
    const running = this.pulls.get(reference)
    if (running !== undefined) return running
    const pull = this.runtime.pullImage(reference, registryAuth(reference, secrets)).finally(() => {
      this.pulls.delete(reference)
      this.onPulled()
    })
    this.pulls.set(reference, pull)
    return pull
  }
}

/** A tag that may mean something else tomorrow: `latest`, or none. */
function isMoving(reference: string): boolean {
  if (reference.includes('@')) return false
  const tag = reference.slice(reference.lastIndexOf('/') + 1).split(':')[1] ?? 'latest'
  return tag === 'latest'
}

/** A reference without tag and digest. */
export function repositoryOf(reference: string): string {
  const name = reference.split('@')[0] ?? ''
  const slash = name.lastIndexOf('/')
  const colon = name.indexOf(':', slash + 1)
  return colon < 0 ? name : name.slice(0, colon)
}

/** The registry a reference is pulled from; Docker Hub's when it names none. */
export function registryOf(reference: string): string {
  const first = reference.split('/')[0] ?? ''
  const isHost = reference.includes('/') && (first.includes('.') || first.includes(':') || first === 'localhost')
  return isHost ? first : 'docker.io'
}

/** The credentials for a reference's registry among pull secrets (`kubernetes.io/dockerconfigjson`, `dockercfg`); null when there are none. */
export function registryAuth(reference: string, secrets: readonly ConfigContents[]): RegistryAuth | null {
  const registry = registryOf(reference)
  for (const secret of secrets) {
    for (const [server, entry] of Object.entries(readAuths(secret))) {
      if (hostOf(server) !== registry) continue
      const [username = '', ...rest] = Buffer.from(entry.auth ?? '', 'base64')
        .toString()
        .split(':')
      return { server, username: entry.username ?? username, password: entry.password ?? rest.join(':') }
    }
  }
  return null
}

type AuthEntry = { readonly username?: string; readonly password?: string; readonly auth?: string }

function readAuths(secret: ConfigContents): Readonly<Record<string, AuthEntry>> {
  const text = (key: string): string => Buffer.from(secret.data[key] ?? '', 'base64').toString()
  try {
    if (secret.data['.dockerconfigjson'] !== undefined) return JSON.parse(text('.dockerconfigjson')).auths ?? {}
    if (secret.data['.dockercfg'] !== undefined) return JSON.parse(text('.dockercfg'))
  } catch {
    // A secret that is no JSON holds no credentials; the pull then says what is missing.
  }
  return {}
}

function hostOf(server: string): string {
  const host = server.replace(/^https?:\/\//, '').split('/')[0] ?? ''
  return host === 'index.docker.io' || host === 'registry-1.docker.io' ? 'docker.io' : host
}
