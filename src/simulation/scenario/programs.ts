/** The images of every scenario: programs of every behaviour, declared. */
import { type ImageProfile, makeImage } from '../image-profile.js'

/** Images whose containers become ready and stay so. */
export const GOOD_IMAGES = ['app:1', 'app:2', 'app:3', 'app:slow', 'app:stubborn', 'app:crash-once'] as const
/** Images whose containers never come to rest. */
export const BAD_IMAGES = [
  'app:missing',
  'app:never-ready',
  'app:crash-loop',
  'app:ready-then-not',
  'app:exits-0',
  'app:out-of-memory',
  'app:hangs',
] as const

export const programs: readonly ImageProfile[] = [
  makeImage('app:1'),
  makeImage('app:2'),
  makeImage('app:3', { found: 'registry' }),
  makeImage('app:slow', { readyAfterMs: 6_000 }),
  makeImage('app:stubborn', { stopMs: null }),
  makeImage('app:crash-once', { ending: { type: 'exits-once', afterMs: 700, code: 1 } }),
  makeImage('app:missing', { found: 'nowhere' }),
  makeImage('app:never-ready', { readyAfterMs: null }),
  makeImage('app:crash-loop', { ending: { type: 'exits', afterMs: 500, code: 1 } }),
  makeImage('app:ready-then-not', { unreadyAfterMs: 20_000 }),
  makeImage('app:exits-0', { ending: { type: 'exits', afterMs: 4_000, code: 0 } }),
  makeImage('app:out-of-memory', { ending: { type: 'out-of-memory', afterMs: 3_000 } }),
  makeImage('app:hangs', { hangsAfterMs: 15_000 }),
]

export function isGood(image: string): boolean {
  return (GOOD_IMAGES as readonly string[]).includes(image)
}
