/** How the containers of an image behave, declared: the simulation's programs. */
import { hashText } from '../base/hash.js'

/** What becomes of a container's process by itself. */
export type Ending =
  | { readonly type: 'none' }
  /** Every run ends so. */
  | { readonly type: 'exits'; readonly afterMs: number; readonly code: number }
  /** Every run outgrows its memory and is killed by the kernel. */
  | { readonly type: 'out-of-memory'; readonly afterMs: number }
  /** Only the first run of each pod's container ends so. */
  | { readonly type: 'exits-once'; readonly afterMs: number; readonly code: number }

export interface ImageProfile {
  readonly reference: string
  /** `everywhere`: on every host from the start; `registry`: must be pulled; `nowhere`: pulling fails. */
  readonly found: 'everywhere' | 'registry' | 'nowhere'
  readonly pullMs: number
  /** From the process' start until readiness and startup probes succeed; null for never. */
  readonly readyAfterMs: number | null
  /** From the process' start until readiness probes fail again; null for never. */
  readonly unreadyAfterMs: number | null
  /** From the process' start until liveness probes begin to fail; null for never. */
  readonly hangsAfterMs: number | null
  readonly ending: Ending
  /** From the stop signal to the end of the process; null: it ignores the signal. */
  readonly stopMs: number | null
}

const well: Omit<ImageProfile, 'reference'> = {
  found: 'everywhere',
  pullMs: 900,
  readyAfterMs: 250,
  unreadyAfterMs: null,
  hangsAfterMs: null,
  ending: { type: 'none' },
  stopMs: 60,
}

/** An image whose containers serve until they are stopped, but for what is said otherwise. */
export function makeImage(reference: string, behaviour: Partial<Omit<ImageProfile, 'reference'>> = {}): ImageProfile {
  return { reference, ...well, ...behaviour }
}

/** The engine's id of an image: the same on every host. */
export function imageId(reference: string): string {
  return `sha256:${hashText(reference)}${hashText(`${reference} `)}`
}
