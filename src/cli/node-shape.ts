/** Hosts that are not there yet, as `whatif --add` names them: so many of a shape, or like one that is. */
import type { ResourceAmounts } from '../model/observed-state.js'
import { parseMilli, parseUnits } from '../model/quantity.js'
import type { Snapshot } from '../model/snapshot.js'
import type { AddedNode } from '../planner/what-if.js'
import { CliError, EXIT_USAGE } from './cli-error.js'

const AMOUNTS = ['cpu', 'memory', 'ephemeral-storage', 'pods'] as const
const PODS = 110
const STORAGE_BYTES = 100 * 1024 ** 3
const COUNT_MAX = 10_000
const HOW = 'write 3xcpu=4,memory=16Gi, with pods=110 or labels such as topology.kubernetes.io/zone=a, or 3xNODE'

/** The hosts of `3×cpu=4,memory=16Gi` or `2×node1`; error 2 for anything else. */
export function parseShape(text: string, snapshot: Snapshot, taken: ReadonlySet<string>): AddedNode[] {
  const match = /^(?:(\d+)\s*[x×*])?\s*(\S+)$/.exec(text)
  const count = Number(match?.[1] ?? 1)
  const shape = match?.[2] ?? ''
  if (match === null || count < 1 || count > COUNT_MAX) throw new CliError(EXIT_USAGE, `"${text}" is no shape: ${HOW}`)
  const { amounts, labels } = shape.includes('=') ? readShape(text, shape) : likeNode(shape, snapshot)
  const nodes: AddedNode[] = []
  for (let i = 1; nodes.length < count; i++) {
    const name = `new-${i}`
    if (!taken.has(name)) nodes.push({ name, amounts, labels })
  }
  return nodes
}

interface Shape {
  readonly amounts: ResourceAmounts
  readonly labels: Readonly<Record<string, string>>
}

function readShape(text: string, shape: string): Shape {
  const amounts: Record<string, string> = {}
  const extended: Record<string, number> = {}
  const labels: Record<string, string> = {}
  for (const part of shape.split(',')) {
    const at = part.indexOf('=')
    const key = part.slice(0, Math.max(0, at))
    const value = part.slice(at + 1)
    if (key === '' || value === '')
      throw new CliError(EXIT_USAGE, `"${part}" in "${text}" is no amount or label: ${HOW}`)
    if ((AMOUNTS as readonly string[]).includes(key)) amounts[key] = value
    else labels[key] = value
  }
  if (amounts['cpu'] === undefined || amounts['memory'] === undefined)
    throw new CliError(EXIT_USAGE, `"${text}" does not say how much cpu and memory a host has: ${HOW}`)
  const read = (name: string, parse: (quantity: string) => number, otherwise: number): number => {
    const quantity = amounts[name]
    const value = quantity === undefined ? otherwise : amountOf(quantity, parse)
    if (Number.isFinite(value) && value > 0) return value
    throw new CliError(EXIT_USAGE, `"${quantity}" in "${text}" is no amount of ${name}: ${HOW}`)
  }
  return {
    amounts: {
      cpuMilli: read('cpu', parseMilli, 0),
      memoryBytes: read('memory', parseUnits, 0),
      ephemeralStorageBytes: read('ephemeral-storage', parseUnits, STORAGE_BYTES),
      pods: read('pods', Number, PODS),
      extended,
    },
    labels,
  }
}

/** NaN for a text that is no quantity. */
function amountOf(quantity: string, parse: (quantity: string) => number): number {
  try {
    return parse(quantity)
  } catch {
    return Number.NaN
  }
}

function likeNode(name: string, { observed }: Snapshot): Shape {
  const facts = observed.nodes.get(name)?.facts
  if (facts === undefined) throw new CliError(EXIT_USAGE, `there is no node ${name} to make others like it: ${HOW}`)
  const { 'kubernetes.io/hostname': _, ...labels } = facts.labels
  return { amounts: facts.allocatable, labels }
}
