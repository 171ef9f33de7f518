/** What cases of preemption are written in: nodes of one size, pods as `n1: small 100, large 0@5`, victims by node. */
import type { CaseNode, CasePod, CaseWorld } from '../scheduler/case-world.js'

/** A pod that is there, by its name. */
export interface HeldPod extends CasePod {
  readonly name: string
  readonly node: string
  readonly priority: number
  readonly startedAt?: number
  readonly budgets?: readonly string[]
}

export interface PreemptionCase {
  readonly name: string
  readonly nodes: CaseWorld['nodes']
  readonly pod: CasePod & { readonly priority: number }
  readonly held: readonly HeldPod[]
  /** How many disruptions each budget allows. */
  readonly allowed?: Readonly<Record<string, number>>
  /** By node, sorted by name; nodes without victims are left out. */
  readonly victims?: Readonly<Record<string, readonly string[]>>
  readonly violations?: Readonly<Record<string, number>>
  /** Any of these is right. */
  readonly chosen?: readonly string[]
}

export const NEGATIVE = -100
export const LOW = 0
export const MID = 100
export const HIGH = 1_000
export const HIGHEST = 10_000

const sizes = { small: 100, medium: 200, large: 300, whole: 500 } as const
type Size = keyof typeof sizes

export const ask = (size: Size): CasePod => ({ asks: [{ cpu: `${sizes[size]}m`, memory: sizes[size] }] })
const whole = (labels: Record<string, string> = {}): CaseNode => ({ cpuMilli: 500, memoryBytes: 500, labels })

/** Nodes of 500m and 500 bytes, each with a label `hostname`; `a/zone1` is in a zone. */
export function nodesOf(...names: readonly string[]): CaseWorld['nodes'] {
  return Object.fromEntries(
    names.map((text) => {
      const [name, zone] = text.split('/') as [string, string | undefined]
      return [name, whole({ hostname: name, ...(zone !== undefined && { zone }) })]
    }),
  )
}

/** `n1: small 100, large 0@5` is p1.1 and p1.2 on n1: size, priority, and when it started. */
export function held(...texts: readonly string[]): HeldPod[] {
  return texts.flatMap((text) => {
    const [node, list] = text.split(': ') as [string, string]
    return list.split(', ').map((item, i) => {
      const [, size, priority, startedAt] = /^(\w+) (-?\d+)(?:@(\d+))?$/.exec(item)!
      return {
        name: `${node}.${i + 1}`,
        node,
        priority: Number(priority),
        startedAt: Number(startedAt ?? 0),
        ...ask(size as Size),
      }
    })
  })
}

export function wants(size: Size, priority = HIGH, more: CasePod = {}): PreemptionCase['pod'] {
  return { ...ask(size), ...more, priority }
}
