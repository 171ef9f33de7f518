/** Chooses the kind of a source by its url. */
import path from 'node:path'
import { SyncError } from '../sync-error.js'
import type { SourceOptions } from '../sync-types.js'
import type { GitSource } from './git-source.js'
import { HttpTransport } from './http-transport.js'
import { LocalSource } from './local-source.js'
import { NativeTransport, type RemoteOptions } from './native-transport.js'
import { RemoteSource } from './remote-source.js'
import type { Transport } from './transport.js'

/** A path on this machine, or null for a remote. */
export function localPathOf(url: string): string | null {
  if (path.isAbsolute(url)) return url
  return url.startsWith('file://') ? decodeURIComponent(new URL(url).pathname) : null
}

/** How to reach a remote. Throws SyncError `options` for a url that is none. */
export function openTransport(options: RemoteOptions): Transport {
  const { url } = options
  if (/^https?:\/\//i.test(url)) return new HttpTransport(options)
  if (/^ssh:\/\//i.test(url) || /^[^/:\s]+@[^/:\s]+:.+/.test(url) || /^[\w.-]+:[^/\\].*/.test(url)) {
    return new NativeTransport(options)
  }
  throw new SyncError(
    'options',
    `${url} is no repository url: give an absolute path, https://…, ssh://… or user@host:path`,
  )
}

/** @param folder of the source in the state directory */
export function openSource(options: SourceOptions, folder: string): GitSource {
  const local = localPathOf(options.url)
  if (local !== null) return new LocalSource(local, options.branch, options.pollMs)
  return new RemoteSource({
    url: options.url,
    branch: options.branch,
    pollMs: options.pollMs,
    folder: path.join(folder, 'repository.git'),
    transport: openTransport(options),
  })
}
