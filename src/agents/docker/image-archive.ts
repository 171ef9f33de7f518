/**
 * Makes an image archive (the format of `docker save`) of one layer. It holds no time and no host's name, so an image
 * made on each host separately has the same id on all of them, and the planner can pin it (DESIGN 19).
 */
import { createHash } from 'node:crypto'
import { makeTar } from './tar-file.js'

export interface ImageArchiveInput {
  readonly reference: string
  readonly layer: Uint8Array
  /** As in a Dockerfile: `ENTRYPOINT ["/a"]`, `CMD [...]`, `USER 1000`, `WORKDIR /a`, `ENV A=b`, `LABEL a=b`, `STOPSIGNAL SIGINT`, `EXPOSE 80/tcp`. */
  readonly changes: readonly string[]
  readonly architecture: 'amd64' | 'arm64'
}

/** The id an engine gives the image, `sha256:…`: the digest of its configuration. Throws on a change it does not know. */
export function imageIdOf(input: Omit<ImageArchiveInput, 'reference'>): string {
  return `sha256:${sha256(configurationOf(input))}`
}

/** The archive's bytes. Throws on a change it does not know. */
export function makeImageArchive(input: ImageArchiveInput): Uint8Array {
  const configText = configurationOf(input)
  const configName = `${sha256(configText)}.json`
  const layerDigest = sha256(input.layer)
  const layerName = `${layerDigest}/layer.tar`
  const manifest = [{ Config: configName, RepoTags: [input.reference], Layers: [layerName] }]
  return makeTar([
    { path: configName, mode: 0o644, content: configText },
    { path: `${layerDigest}/`, mode: 0o755 },
    { path: layerName, mode: 0o644, content: input.layer },
    { path: 'manifest.json', mode: 0o644, content: Buffer.from(JSON.stringify(manifest)) },
  ])
}

function configurationOf(input: Omit<ImageArchiveInput, 'reference'>): Buffer {
  const config = {
    architecture: input.architecture,
    config: imageConfig(input.changes),
    created: '1970-01-01T00:00:00Z',
    history: [{ created: '1970-01-01T00:00:00Z', created_by: 'headway' }],
    os: 'linux',
    rootfs: { type: 'layers', diff_ids: [`sha256:${sha256(input.layer)}`] },
  }
  return Buffer.from(JSON.stringify(config))
}

function imageConfig(changes: readonly string[]): Record<string, unknown> {
  const config: Record<string, unknown> = {}
  const environment: string[] = []
  const labels: Record<string, string> = {}
  const ports: Record<string, object> = {}
  for (const change of changes) {
    const [, word = '', rest = ''] = /^\s*(\S+)\s+(.*)$/s.exec(change) ?? []
    switch (word.toUpperCase()) {
      case 'ENTRYPOINT':
        config['Entrypoint'] = wordList(rest)
        break
      case 'CMD':
        config['Cmd'] = wordList(rest)
        break
      case 'USER':
        config['User'] = rest
        break
      case 'WORKDIR':
        config['WorkingDir'] = rest
        break
      case 'STOPSIGNAL':
        config['StopSignal'] = rest
        break
      case 'ENV':
        environment.push(rest)
        break
      case 'LABEL':
        labels[rest.slice(0, rest.indexOf('='))] = rest.slice(rest.indexOf('=') + 1)
        break
      case 'EXPOSE':
        ports[rest.includes('/') ? rest : `${rest}/tcp`] = {}
        break
      default:
        throw new Error(`make image: the change \`${change}\` is not known`)
    }
  }
  if (environment.length > 0) config['Env'] = environment
  if (Object.keys(labels).length > 0) config['Labels'] = labels
  if (Object.keys(ports).length > 0) config['ExposedPorts'] = ports
  return config
}

/** The JSON form, or a shell's line. */
function wordList(text: string): readonly string[] {
  return text.trimStart().startsWith('[') ? (JSON.parse(text) as string[]) : ['/bin/sh', '-c', text]
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
