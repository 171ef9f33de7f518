/** Images through the Engine API. Inspections are kept by id, which names the contents, so they never go stale. */
import { type RegistryAuth, RuntimeError, type RuntimeImage } from '../runtime.js'
import type { EngineConnection } from './engine-connection.js'
import { runtimeError } from './engine-error.js'
import type { ImageConfiguration } from './gate-command.js'
import { makeImageArchive } from './image-archive.js'
import { readJsonLines } from './json-lines.js'

/** The parts of GET /images/NAME/json that are read. */
export interface ImageAnswer {
  readonly Id: string
  readonly RepoTags?: readonly string[] | null
  readonly RepoDigests?: readonly string[] | null
  readonly Size: number
  readonly Config?: {
    readonly User?: string
    readonly Entrypoint?: readonly string[] | null
    readonly Cmd?: readonly string[] | null
    readonly StopSignal?: string
    readonly Env?: readonly string[] | null
  } | null
}

interface ListedImage {
  readonly Id: string
  readonly RepoTags?: readonly string[] | null
  readonly RepoDigests?: readonly string[] | null
  readonly Size: number
}

interface Progress {
  readonly error?: string
  readonly errorDetail?: { readonly message?: string }
}

/** A host with more images than this asks again; a record is a few hundred bytes. */
const KEPT_MAX = 2_000

export interface ImageCalls {
  images(): Promise<readonly RuntimeImage[]>
  inspectImage(reference: string): Promise<RuntimeImage | null>
  pullImage(reference: string, auth: RegistryAuth | null): Promise<RuntimeImage>
  removeImage(id: string): Promise<void>
  /** What an image runs; null when it is not on the host. An image that was seen before costs nothing. */
  configuration(reference: string): Promise<ImageConfiguration | null>
  importImage(reference: string, tar: Uint8Array, changes: readonly string[]): Promise<RuntimeImage>
}

export function imageCalls(connection: EngineConnection): ImageCalls {
  const kept = new Map<string, ImageAnswer>()

  async function inspect(reference: string): Promise<ImageAnswer | null> {
    try {
      const path = `/images/${encodeReference(reference)}/json`
      const answer = (await connection.request({
        method: 'GET',
        path,
        doing: `inspect image ${reference}`,
      })) as ImageAnswer
      if (kept.size >= KEPT_MAX) kept.clear()
      kept.set(answer.Id, answer)
      return answer
    } catch (error) {
      if (error instanceof RuntimeError && (error.code === 'not-found' || error.code === 'image-missing')) return null
      throw error
    }
  }

  async function present(reference: string): Promise<RuntimeImage> {
    const answer = await inspect(reference)
    if (answer === null) throw new RuntimeError('image-missing', `image ${reference} is not on the host`, true)
    return decodeImage(answer, answer)
  }

  return {
    images: async () => {
      const request = { method: 'GET', path: '/images/json', doing: 'list images' } as const
      const listed = (await connection.request(request)) as readonly ListedImage[]
      const images: RuntimeImage[] = []
      for (const item of listed) {
        const answer = kept.get(item.Id) ?? (await inspect(item.Id))
        if (answer !== null) images.push(decodeImage(answer, item))
      }
      return images
    },
    configuration: async (reference) => {
      const answer = kept.get(reference) ?? (await inspect(reference))
      return answer === null ? null : (answer.Config ?? {})
    },
    inspectImage: async (reference) => {
      const answer = await inspect(reference)
      return answer === null ? null : decodeImage(answer, answer)
    },
    pullImage: async (reference, auth) => {
      const doing = `pull image ${reference}`
      const query = { fromImage: withTag(reference) }
      const authBody =
        auth === null ? {} : { auth: { username: auth.username, password: auth.password, serveraddress: auth.server } }
      try {
        await finish(
          doing,
          await connection.stream({ method: 'POST', path: '/images/create', query, ...authBody, doing }),
        )
      } catch (error) {
        throw pullError(doing, error)
      }
      return present(reference)
    },
    removeImage: async (id) => {
      try {
        const path = `/images/${encodeReference(id)}`
        await connection.request({ method: 'DELETE', path, query: { force: false }, doing: `remove image ${id}` })
      } catch (error) {
        if (!(error instanceof RuntimeError) || (error.code !== 'not-found' && error.code !== 'image-missing'))
          throw error
      }
    },
    importImage: async (reference, tar, changes) => {
      const doing = `import image ${reference}`
      const architecture = process.arch === 'arm64' ? 'arm64' : 'amd64'
      const file = makeImageArchive({ reference: withTag(reference), layer: tar, changes, architecture })
      await finish(
        doing,
        await connection.stream({ method: 'POST', path: '/images/load', query: { quiet: true }, file, doing }),
      )
      return present(reference)
    },
  }
}

/** Tags come from the list where there is one: they change while the image does not. */
function decodeImage(answer: ImageAnswer, names: ListedImage): RuntimeImage {
  const isReal = (name: string): boolean => !name.startsWith('<none>')
  return {
    id: answer.Id,
    tags: (names.RepoTags ?? []).filter(isReal),
    digests: (names.RepoDigests ?? []).filter(isReal),
    sizeBytes: answer.Size,
    user: answer.Config?.User ?? '',
    entrypoint: answer.Config?.Entrypoint ?? [],
    command: answer.Config?.Cmd ?? [],
    stopSignal: answer.Config?.StopSignal ?? '',
  }
}

/** Reads the progress to its end; errors come in the stream, after a fine status. */
async function finish(doing: string, stream: Awaited<ReturnType<EngineConnection['stream']>>): Promise<void> {
  try {
    for await (const value of readJsonLines(stream)) {
      const { error, errorDetail } = value as Progress
      if (error !== undefined) throw new Error(errorDetail?.message ?? error)
    }
  } catch (error) {
    throw runtimeError(doing, error)
  }
}

/** Everything that goes wrong while pulling is `image-pull`, unless the engine itself is at fault. */
function pullError(doing: string, thrown: unknown): RuntimeError {
  const error = runtimeError(doing, thrown)
  if (['image-pull', 'unavailable', 'timeout', 'invalid'].includes(error.code)) return error
  return new RuntimeError('image-pull', error.message, error.code === 'internal', { cause: thrown })
}

/** The tag or digest is spelled out: without one the engine would pull all tags. */
function withTag(reference: string): string {
  const { repository, tag } = splitReference(reference)
  return reference.includes('@') ? reference : `${repository}:${tag}`
}

/** `host:5000/a/b:v1` is `host:5000/a/b` and `v1`. */
function splitReference(reference: string): { readonly repository: string; readonly tag: string } {
  const colon = reference.lastIndexOf(':')
  if (colon <= reference.lastIndexOf('/')) return { repository: reference, tag: 'latest' }
  return { repository: reference.slice(0, colon), tag: reference.slice(colon + 1) }
}

function encodeReference(reference: string): string {
  return reference.split('/').map(encodeURIComponent).join('/')
}
