/**
 * The scheduler's view of all nodes, as columns of numbers: what each can give, what is asked of it already, and its
 * labels and taints interned to integers (STYLE 9, 10). A cache kept between passes; `assume` and `forget` count pods.
 */
import { hash32 } from '../../base/hash.js'
import type { Taint } from '../../model/generated/kubernetes.js'
import { type Labels, labelOf } from '../../model/selector.js'
import { usableAmount } from './amounts.js'
import { balanceOf } from './balance.js'
import { type ExtendedColumn, ExtendedColumns } from './extended-columns.js'
import { NodeLabels, type Topology } from './node-labels.js'
import { PodCounts } from './pod-counts.js'
import type { HostPort, ScheduleRequest } from './request.js'
import { isOdd, ROOM, setLeft, setSize } from './room.js'
import { isWholeAmount } from './share.js'
import { TaintSets } from './taint-sets.js'

/** What the table must know of a node. */
export interface NodeDescription {
  readonly name: string
  /** Heard: a silent node takes no new pods. */
  readonly isOpen: boolean
  /** It is heard, and closed since no subnet of pod addresses is left for it. */
  readonly hasNoSubnet?: boolean
  readonly isUnschedulable: boolean
  readonly labels: Labels
  readonly taints: readonly Taint[]
  readonly cpuMilli: number
  readonly memoryBytes: number
  readonly ephemeralStorageBytes: number
  readonly podsMax: number
  readonly extended: Readonly<Record<string, number>>
  /** Sizes in bytes of the images it has, by normalised reference. */
  readonly images: ReadonlyMap<string, number>
}

const NO_IMAGES: ReadonlyMap<string, number> = new Map()
/** Rows there is room for at first. */
const ROWS = 64

export class NodeTable {
  /** Rows in use or free again; a free row has `isUsed` 0. */
  count = 0
  /** Grows with every change: an evaluation of an older version may be wrong. */
  version = 0
  /** How many nodes it holds. */
  size = 0
  isUsed = new Uint8Array(ROWS)
  isOpen = new Uint8Array(ROWS)
  isUnschedulable = new Uint8Array(ROWS)
  taintSet = new Int32Array(ROWS)
  cpuAllocatable = new Float64Array(ROWS)
  cpuRequested = new Float64Array(ROWS)
  cpuScored = new Float64Array(ROWS)
  memoryAllocatable = new Float64Array(ROWS)
  memoryRequested = new Float64Array(ROWS)
  memoryScored = new Float64Array(ROWS)
  storageAllocatable = new Float64Array(ROWS)
  storageRequested = new Float64Array(ROWS)
  podsMax = new Float64Array(ROWS)
  podsCount = new Float64Array(ROWS)
  readonly names: string[] = []
  nameHash = new Uint32Array(ROWS)
  readonly pods = new PodCounts()
  /** How many nodes are silent, and how many cordoned. */
  closed = 0
  /** Closed rows that are not silent. */
  readonly withoutSubnet = new Set<number>()
  cordoned = 0
  /** What room.ts says of each row, in one piece of memory. */
  room = new Float64Array(ROWS * ROOM)
  /** Rows with more asked of them than they have, or without cpu or memory: few, and not as room.ts takes rows to be. */
  readonly oddRows = new Set<number>()
  /** All amounts ever seen are whole and small enough for `truncatedShare`. */
  isWhole = true
  /** How alike cpu and memory are asked for on a row. */
  balance = new Float64Array(ROWS)
  readonly images: ReadonlyMap<string, number>[] = []
  /** Who has an image, and of what size, by normalised reference. */
  readonly imageHolders = new Map<string, Map<number, number>>()
  readonly hostPorts: HostPort[][] = []
  readonly #taints = new TaintSets()
  readonly #extended = new ExtendedColumns(ROWS)
  readonly #labels = new NodeLabels(ROWS)
  readonly #rows = new Map<string, number>()
  readonly #freeRows: number[] = []
  #checked: ScheduleRequest | null = null

  rowOf(name: string): number | undefined {
    return this.#rows.get(name)
  }

  /** Adds a node or replaces what is known of it; pods counted on it stay counted. */
  setNode(node: NodeDescription): void {
    const row = this.#rows.get(node.name) ?? this.#addRow(node.name)
    this.#setOpen(row, node.isOpen, node.isUnschedulable)
    if (node.hasNoSubnet === true) this.withoutSubnet.add(row)
    else this.withoutSubnet.delete(row)
    this.taintSet[row] = this.#taints.intern(node.taints)
    this.cpuAllocatable[row] = usableAmount(node.cpuMilli)
    this.memoryAllocatable[row] = usableAmount(node.memoryBytes)
    this.storageAllocatable[row] = usableAmount(node.ephemeralStorageBytes)
    this.podsMax[row] = usableAmount(node.podsMax)
    this.isWhole &&= isWholeAmount(this.cpuAllocatable[row]!) && isWholeAmount(this.memoryAllocatable[row]!)
    setSize(this.room, row, this.cpuAllocatable[row]!, this.memoryAllocatable[row]!)
    this.#summarise(row)
    this.#setImages(row, node.images)
    this.#extended.setAllocatable(
      row,
      Object.entries(node.extended).map(([name, amount]) => [name, usableAmount(amount)] as const),
    )
    this.#labels.set(row, node.labels)
    this.version += 1
  }

  removeNode(name: string): void {
    const row = this.#rows.get(name)
    if (row === undefined) return
    this.#rows.delete(name)
    this.#setOpen(row, true, false)
    this.isUsed[row] = 0
    this.isOpen[row] = 0
    this.withoutSubnet.delete(row)
    this.size -= 1
    this.#freeRows.push(row)
    this.taintSet[row] = 0
    this.#labels.clear(row)
    this.#extended.setAllocatable(row, [])
    this.#extended.clearRequested(row)
    this.#setImages(row, NO_IMAGES)
    this.pods.clearRow(row)
    this.oddRows.delete(row)
    this.version += 1
  }

  /** Counts a pod on a row; one that is ordered to stop has no place in a spread any more. */
  assume(row: number, request: ScheduleRequest, isLeaving = false): void {
    this.#count(row, request, 1)
    this.pods.count(row, request, 1, isLeaving)
    if (request.hostPorts.length > 0) this.hostPorts[row] = [...(this.hostPorts[row] ?? []), ...request.hostPorts]
  }

  /** Takes back an assume, with the same arguments. */
  forget(row: number, request: ScheduleRequest, isLeaving = false): void {
    this.#count(row, request, -1)
    this.pods.count(row, request, -1, isLeaving)
    if (request.hostPorts.length === 0) return
    const ports = [...(this.hostPorts[row] ?? [])]
    for (const port of request.hostPorts) {
      const at = ports.findIndex(
        (used) => used.port === port.port && used.protocol === port.protocol && used.address === port.address,
      )
      if (at >= 0) ports.splice(at, 1)
    }
    this.hostPorts[row] = ports
  }

  /** Labels of namespaces, for terms that select by them. */
  setNamespaces(namespaces: ReadonlyMap<string, Labels>): void {
    this.pods.setNamespaces(namespaces)
    this.version += 1
  }

  /** What nodes have of an extended resource and what is asked of them, by row. */
  extended(name: string): ExtendedColumn {
    return this.#extended.of(name)
  }

  /** Distinct lists of taints; `taintSet` points here. */
  get taintSets(): readonly (readonly Taint[])[] {
    return this.#taints.sets
  }

  labels(row: number): Labels {
    return this.#labels.of(row)
  }

  /** Some node has the label. */
  hasLabel(key: string): boolean {
    return this.#labels.isThere(key)
  }

  /** Ids of a label's values, -1 where a node lacks it; made when a selector first asks for the label. */
  labelColumn(key: string): Int32Array {
    return this.#labels.column(key, this.count)
  }

  /** The domains of a topology key; made when first asked for after labels changed. */
  topology(key: string): Topology {
    return this.#labels.topology(key, this.isUsed, this.count)
  }

  /** The domain of a topology key that a row is in, as `zone=a`. */
  domainName(key: string, row: number): string {
    return `${key}=${labelOf(this.labels(row), key) ?? ''}`
  }

  /** The text of a label value by its id; undefined for -1. */
  valueText(id: number): string | undefined {
    return this.#labels.textOf(id)
  }

  /**
   * Lets go of what is known of labels, taints, resources and kinds of pods that are gone: each where what is kept has
   * doubled, all with true. Between placements only.
   */
  sweep(isDue?: boolean): void {
    this.pods.sweep(isDue)
    this.#labels.sweep(isDue)
    this.#taints.sweep(this.taintSet, this.count, isDue)
    this.#extended.sweep(isDue)
  }

  /** How much is kept of labels, taints and resources: for tests. */
  get interned(): { readonly labels: number; readonly taints: number; readonly extended: number } {
    return { labels: this.#labels.size, taints: this.#taints.sets.length, extended: this.#extended.size }
  }

  #count(row: number, request: ScheduleRequest, sign: 1 | -1): void {
    this.cpuRequested[row]! += sign * request.cpuMilli
    this.memoryRequested[row]! += sign * request.memoryBytes
    this.storageRequested[row]! += sign * request.ephemeralStorageBytes
    this.cpuScored[row]! += sign * request.scoreCpuMilli
    this.memoryScored[row]! += sign * request.scoreMemoryBytes
    this.podsCount[row]! += sign
    this.#checkWhole(request)
    this.#summarise(row)
    for (const [name, amount] of request.extended) this.#extended.request(row, name, sign * amount)
    this.version += 1
  }

  /** What is worked out of other columns. */
  #summarise(row: number): void {
    const cpu = this.cpuAllocatable[row]!
    const memory = this.memoryAllocatable[row]!
    const cpuRequested = this.cpuRequested[row]!
    const memoryRequested = this.memoryRequested[row]!
    const balance = balanceOf(cpu, cpuRequested, memory, memoryRequested)
    this.balance[row] = balance
    setLeft(this.room, row, {
      cpuFree: cpu - cpuRequested,
      memoryFree: memory - memoryRequested,
      cpuUnscored: cpu - this.cpuScored[row]!,
      memoryUnscored: memory - this.memoryScored[row]!,
      balance,
    })
    if (this.isUsed[row] === 1 && isOdd(this.room, row)) this.oddRows.add(row)
    else if (this.oddRows.size > 0) this.oddRows.delete(row)
  }

  /** Pods of one class come one after the other: each class is looked at once. */
  #checkWhole(request: ScheduleRequest): void {
    if (request === this.#checked) return
    this.#checked = request
    this.isWhole &&= isWholeAmount(request.scoreCpuMilli) && isWholeAmount(request.scoreMemoryBytes)
  }

  #setOpen(row: number, isOpen: boolean, isUnschedulable: boolean): void {
    this.closed += (isOpen ? 0 : 1) - (this.isOpen[row] === 1 ? 0 : 1)
    this.cordoned += (isUnschedulable ? 1 : 0) - this.isUnschedulable[row]!
    this.isOpen[row] = isOpen ? 1 : 0
    this.isUnschedulable[row] = isUnschedulable ? 1 : 0
  }

  #addRow(name: string): number {
    const row = this.#freeRows.pop() ?? this.count++
    if (row >= this.isUsed.length) this.#grow()
    this.#rows.set(name, row)
    this.names[row] = name
    this.nameHash[row] = hash32(name)
    this.isUsed[row] = 1
    this.isOpen[row] = 1
    this.isUnschedulable[row] = 0
    this.size += 1
    this.#labels.rowsChanged()
    this.images[row] = NO_IMAGES
    this.hostPorts[row] = []
    for (const column of [
      this.cpuRequested,
      this.cpuScored,
      this.memoryRequested,
      this.memoryScored,
      this.storageRequested,
      this.podsCount,
    ])
      column[row] = 0
    this.#extended.clearRequested(row)
    return row
  }

  #setImages(row: number, images: ReadonlyMap<string, number>): void {
    const before = this.images[row]!
    if (before === images) return
    for (const name of before.keys()) {
      const holders = this.imageHolders.get(name)
      holders?.delete(row)
      if (holders?.size === 0) this.imageHolders.delete(name)
    }
    for (const [name, size] of images) {
      const holders = this.imageHolders.get(name)
      if (holders === undefined) this.imageHolders.set(name, new Map([[row, size]]))
      else holders.set(row, size)
    }
    this.images[row] = images
  }

  #grow(): void {
    const length = this.isUsed.length * 2
    this.isUsed = grown(this.isUsed, new Uint8Array(length))
    this.isOpen = grown(this.isOpen, new Uint8Array(length))
    this.isUnschedulable = grown(this.isUnschedulable, new Uint8Array(length))
    this.room = grown(this.room, new Float64Array(length * ROOM))
    this.balance = grown(this.balance, new Float64Array(length))
    this.nameHash = grown(this.nameHash, new Uint32Array(length))
    this.taintSet = grown(this.taintSet, new Int32Array(length))
    this.cpuAllocatable = grown(this.cpuAllocatable, new Float64Array(length))
    this.cpuRequested = grown(this.cpuRequested, new Float64Array(length))
    this.cpuScored = grown(this.cpuScored, new Float64Array(length))
    this.memoryAllocatable = grown(this.memoryAllocatable, new Float64Array(length))
    this.memoryRequested = grown(this.memoryRequested, new Float64Array(length))
    this.memoryScored = grown(this.memoryScored, new Float64Array(length))
    this.storageAllocatable = grown(this.storageAllocatable, new Float64Array(length))
    this.storageRequested = grown(this.storageRequested, new Float64Array(length))
    this.podsMax = grown(this.podsMax, new Float64Array(length))
    this.podsCount = grown(this.podsCount, new Float64Array(length))
    this.#extended.grow(length)
    this.#labels.grow(length)
  }
}

function grown<T extends { set(from: T): void }>(from: T, to: T): T {
  to.set(from)
  return to
}
