/** The images of every scenario: programs of every behaviour, declared. All but the first must be pulled. */
import { type ImageProfile, makeImage } from '../image-profile.js'

/** Images whose containers become ready and stay so. */
export const GOOD_IMAGES = [
  'app:1',
  'app:2',
  'app:3',
  'app:4',
  'app:5',
  'app:slow',
  'app:stubborn',
  'app:crash-once',
] as const
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
  makeImage('app:2', { found: 'registry', pullMs: 400 }),
  makeImage('app:3', { found: 'registry' }),
  makeImage('app:4', { found: 'registry', pullMs: 2_500 }),
  makeImage('app:5', { found: 'registry', pullMs: 6_000 }),
  makeImage('app:slow', { found: 'registry', readyAfterMs: 6_000 }),
  makeImage('app:stubborn', { found: 'registry', stopMs: null }),
  makeImage('app:crash-once', { found: 'registry', ending: { type: 'exits-once', afterMs: 700, code: 1 } }),
  makeImage('app:missing', { found: 'nowhere' }),
  makeImage('app:never-ready', { found: 'registry', readyAfterMs: null }),
  makeImage('app:crash-loop', { found: 'registry', ending: { type: 'exits', afterMs: 500, code: 1 } }),
  makeImage('app:ready-then-not', { found: 'registry', unreadyAfterMs: 20_000 }),
  makeImage('app:exits-0', { found: 'registry', ending: { type: 'exits', afterMs: 4_000, code: 0 } }),
  makeImage('app:out-of-memory', { found: 'registry', ending: { type: 'out-of-memory', afterMs: 3_000 } }),
  makeImage('app:hangs', { found: 'registry', hangsAfterMs: 15_000 }),
]

export function isGood(image: string): boolean {
  return (GOOD_IMAGES as readonly string[]).includes(image)
}
