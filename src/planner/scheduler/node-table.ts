/**
 * The scheduler's view of all nodes, as columns of numbers: what each can give, what is asked of it already, and its
 * labels and taints interned to integers (STYLE 9, 10). A cache kept between passes; `assume` and `forget` count pods.
 */
import { hash32 } from '../../base/hash.js'
import type { Taint } from '../../model/generated/kubernetes.js'
import { type Labels, labelOf } from '../../model/selector.js'
import { usableAmount } from './amounts.js'
import { balanceOf } from './balance.js'
import { PodCounts } from './pod-counts.js'
import type { HostPort, ScheduleRequest } from './request.js'
import { isOdd, ROOM, setLeft, setSize } from './room.js'
import { isWholeAmount } from './share.js'

/** What the table must know of a node. */
export interface NodeDescription {
  readonly name: string
  /** Heard: a silent node takes no new pods. */
  readonly isOpen: boolean
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

interface ExtendedColumn {
  allocatable: Float64Array
  requested: Float64Array
}

/** Rows by the value of a label, in small numbers: the domains of a topology key. */
export interface Topology {
  /** -1 where the node lacks the label. */
  readonly domains: Int32Array
  readonly size: number
  /** 1 where the node has the label. */
  readonly has: Int32Array
  /** No two rows share a domain. */
  readonly isUnique: boolean
  /** Every node has the label, or none has. */
  readonly isLevel: boolean
}

const NO_IMAGES: ReadonlyMap<string, number> = new Map()
/** The id of a missing label in a label column. */
const MISSING = -1

export class NodeTable {
  /** Rows in use or free again; a free row has `isUsed` 0. */
  count = 0
  /** Grows with every change: an evaluation of an older version may be wrong. */
  version = 0
  /** How many nodes it holds. */
  size = 0
  isUsed = new Uint8Array(64)
  isOpen = new Uint8Array(64)
  isUnschedulable = new Uint8Array(64)
  taintSet = new Int32Array(64)
  cpuAllocatable = new Float64Array(64)
  cpuRequested = new Float64Array(64)
  cpuScored = new Float64Array(64)
  memoryAllocatable = new Float64Array(64)
  memoryRequested = new Float64Array(64)
  memoryScored = new Float64Array(64)
  storageAllocatable = new Float64Array(64)
  storageRequested = new Float64Array(64)
  podsMax = new Float64Array(64)
  podsCount = new Float64Array(64)
  readonly names: string[] = []
  nameHash = new Uint32Array(64)
  readonly pods = new PodCounts()
  /** How many nodes are silent, and how many cordoned. */
  closed = 0
  cordoned = 0
  /** What room.ts says of each row, in one piece of memory. */
  room = new Float64Array(64 * ROOM)
  /** Rows with more asked of them than they have, or without cpu or memory: few, and not as room.ts takes rows to be. */
  readonly oddRows = new Set<number>()
  /** All amounts ever seen are whole and small enough for `truncatedShare`. */
  isWhole = true
  /** How alike cpu and memory are asked for on a row. */
  balance = new Float64Array(64)
  readonly images: ReadonlyMap<string, number>[] = []
  /** Who has an image, and of what size, by normalised reference. */
  readonly imageHolders = new Map<string, Map<number, number>>()
  readonly hostPorts: HostPort[][] = []
  /** Distinct lists of taints; `taintSet` points here. */
  readonly taintSets: (readonly Taint[])[] = [[]]
  readonly #extended = new Map<string, ExtendedColumn>()
  readonly #labels: Labels[] = []
  readonly #labelColumns = new Map<string, Int32Array>()
  readonly #values = new Map<string, number>()
  readonly #valueTexts: string[] = []
  readonly #taintSetIds = new Map<string, number>([['', 0]])
  readonly #rows = new Map<string, number>()
  readonly #freeRows: number[] = []
  #checked: ScheduleRequest | null = null
  readonly #topologies = new Map<string, Topology>()

  rowOf(name: string): number | undefined {
    return this.#rows.get(name)
  }

  /** Adds a node or replaces what is known of it; pods counted on it stay counted. */
  setNode(node: NodeDescription): void {
    const row = this.#rows.get(node.name) ?? this.#addRow(node.name)
    this.#setOpen(row, node.isOpen, node.isUnschedulable)
    this.taintSet[row] = this.#internTaints(node.taints)
    this.cpuAllocatable[row] = usableAmount(node.cpuMilli)
    this.memoryAllocatable[row] = usableAmount(node.memoryBytes)
    this.storageAllocatable[row] = usableAmount(node.ephemeralStorageBytes)
    this.podsMax[row] = usableAmount(node.podsMax)
    this.isWhole &&= isWholeAmount(this.cpuAllocatable[row]!) && isWholeAmount(this.memoryAllocatable[row]!)
    setSize(this.room, row, this.cpuAllocatable[row]!, this.memoryAllocatable[row]!)
    this.#summarise(row)
    this.#setImages(row, node.images)
    for (const column of this.#extended.values()) column.allocatable[row] = 0
    for (const [name, amount] of Object.entries(node.extended))
      this.#extendedColumn(name).allocatable[row] = usableAmount(amount)
    if (this.#labels[row] !== node.labels) this.#setLabels(row, node.labels)
    this.version += 1
  }

  removeNode(name: string): void {
    const row = this.#rows.get(name)
    if (row === undefined) return
    this.#rows.delete(name)
    this.#setOpen(row, true, false)
    this.isUsed[row] = 0
    this.isOpen[row] = 0
    this.size -= 1
    this.#freeRows.push(row)
    this.#topologies.clear()
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

  extended(name: string): { readonly allocatable: Float64Array; readonly requested: Float64Array } {
    return this.#extendedColumn(name)
  }

  labels(row: number): Labels {
    return this.#labels[row] ?? {}
  }

  /** Ids of a label's values, -1 where a node lacks it; made when a selector first asks for the label. */
  labelColumn(key: string): Int32Array {
    const known = this.#labelColumns.get(key)
    if (known !== undefined) return known
    const column = new Int32Array(this.isUsed.length).fill(MISSING)
    for (let row = 0; row < this.count; row++) column[row] = this.#valueId(labelOf(this.labels(row), key))
    this.#labelColumns.set(key, column)
    return column
  }

  /** The domains of a topology key; made when first asked for after labels changed. */
  topology(key: string): Topology {
    let topology = this.#topologies.get(key)
    if (topology === undefined) {
      topology = makeTopology(this.labelColumn(key), this.isUsed, this.count)
      this.#topologies.set(key, topology)
    }
    return topology
  }

  /** The id of a label value, -1 when no node was ever seen with it in a column. */
  valueId(value: string): number {
    return this.#values.get(value) ?? MISSING
  }

  /** The text of a label value by its id; undefined for -1. */
  valueText(id: number): string | undefined {
    return this.#valueTexts[id]
  }

  #valueId(value: string | undefined): number {
    if (value === undefined) return MISSING
    const known = this.#values.get(value)
    if (known !== undefined) return known
    this.#values.set(value, this.#valueTexts.length)
    return this.#valueTexts.push(value) - 1
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
    for (const [name, amount] of request.extended) this.#extendedColumn(name).requested[row]! += sign * amount
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
    this.#topologies.clear()
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
    for (const column of this.#extended.values()) column.requested[row] = 0
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

  #setLabels(row: number, labels: Labels): void {
    this.#labels[row] = labels
    this.#topologies.clear()
    for (const [key, column] of this.#labelColumns) column[row] = this.#valueId(labelOf(labels, key))
  }

  #internTaints(taints: readonly Taint[]): number {
    const text = taints.map((taint) => `${taint.key}=${taint.value ?? ''}:${taint.effect}`).join(',')
    const known = this.#taintSetIds.get(text)
    if (known !== undefined) return known
    this.#taintSetIds.set(text, this.taintSets.length)
    return this.taintSets.push(taints) - 1
  }

  #extendedColumn(name: string): ExtendedColumn {
    let column = this.#extended.get(name)
    if (column === undefined) {
      column = {
        allocatable: new Float64Array(this.isUsed.length),
        requested: new Float64Array(this.isUsed.length),
      }
      this.#extended.set(name, column)
    }
    return column
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
    for (const [name, column] of this.#extended) {
      this.#extended.set(name, {
        allocatable: grown(column.allocatable, new Float64Array(length)),
        requested: grown(column.requested, new Float64Array(length)),
      })
    }
    for (const [key, column] of this.#labelColumns)
      this.#labelColumns.set(key, grown(column, new Int32Array(length).fill(MISSING)))
  }
}

function makeTopology(column: Int32Array, isUsed: Uint8Array, count: number): Topology {
  const domains = new Int32Array(count).fill(MISSING)
  const known = new Map<number, number>()
  let labelled = 0
  let used = 0
  for (let row = 0; row < count; row++) {
    const value = column[row]!
    used += isUsed[row]!
    if (isUsed[row] === 0 || value === MISSING) continue
    labelled += 1
    let domain = known.get(value)
    if (domain === undefined) {
      domain = known.size
      known.set(value, domain)
    }
    domains[row] = domain
  }
  return {
    domains,
    size: known.size,
    has: domains.map((domain) => (domain === MISSING ? 0 : 1)),
    isUnique: labelled === known.size,
    isLevel: labelled === 0 || labelled === used,
  }
}

function grown<T extends { set(from: T): void }>(from: T, to: T): T {
  to.set(from)
  return to
}
