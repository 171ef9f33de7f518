/**
 * What the default scores read of a row, side by side: eight numbers of one cache line. One array costs one bounds check and
 * pointer where eight columns cost eight, which is most of what looking at a row costs; the loop over it calls nothing and
 * reads no other module's names, since both would double it.
 */
import type { ScheduleRequest } from './request.js'

/** Numbers per row. */
export const ROOM = 8
/** Allocatable without what pods count for the score (100m and 200 MiB for silent containers). */
const CPU_UNSCORED = 0
const MEMORY_UNSCORED = 1
/** 1 / allocatable. */
const CPU_INVERSE = 2
const MEMORY_INVERSE = 3
/** Allocatable without what pods ask for. */
const CPU_FREE = 4
const MEMORY_FREE = 5
/** As `balanceOf`. */
const BALANCE = 6

/** A score above the 32 bits of a tie: the key that rows are compared by. */
export const SCORE = 2 ** 32
/** As in row-order.ts. */
const TIE = 0x9e3779b1
/** Far above the error of a balance that was found with products, far below a step of it. */
const NEAR = 1e-9

/** What a row has in all: written when the node changes. In cpu millis and bytes. */
export function setSize(room: Float64Array, row: number, cpuMilli: number, memoryBytes: number): void {
  room[row * ROOM + CPU_INVERSE] = cpuMilli > 0 ? 1 / cpuMilli : 0
  room[row * ROOM + MEMORY_INVERSE] = memoryBytes > 0 ? 1 / memoryBytes : 0
}

/** What is left of a row, by what pods ask for and by what they count for the score: written with every pod. */
export interface Left {
  readonly cpuFree: number
  readonly memoryFree: number
  readonly cpuUnscored: number
  readonly memoryUnscored: number
  readonly balance: number
}

export function setLeft(room: Float64Array, row: number, left: Left): void {
  const at = row * ROOM
  room[at + CPU_UNSCORED] = left.cpuUnscored
  room[at + MEMORY_UNSCORED] = left.memoryUnscored
  room[at + CPU_FREE] = left.cpuFree
  room[at + MEMORY_FREE] = left.memoryFree
  room[at + BALANCE] = left.balance
}

/** True for a row that `nextBetter` does not hold for: overcommitted, or without cpu or memory. */
export function isOdd(room: Float64Array, row: number): boolean {
  const at = row * ROOM
  if (room[at + CPU_INVERSE] === 0 || room[at + MEMORY_INVERSE] === 0) return true
  return room[at + CPU_FREE]! < 0 || room[at + MEMORY_FREE]! < 0
}

export interface DefaultWeights {
  readonly least: number
  readonly balanced: number
}

export interface RoomSearch {
  readonly room: Float64Array
  readonly nameHash: Uint32Array
  readonly count: number
  readonly request: ScheduleRequest
  readonly weights: DefaultWeights
  readonly seed: number
}

/**
 * The next row from `from` on whose key may reach `key`; -1 if there is none. LeastAllocated and BalancedAllocation over cpu
 * and memory, in products instead of quotients, so that a key is at least what it should be (share.ts, and NEAR): what does
 * not reach the best with it does not without.
 */
export function nextBetter(search: RoomSearch, from: number, key: number): number {
  const { room, nameHash, count, request, seed } = search
  const { cpuMilli, memoryBytes } = request
  const least = search.weights.least * SCORE
  const balanced = search.weights.balanced * SCORE
  const cpuScored = request.scoreCpuMilli * 100 - 0.5
  const memoryScored = request.scoreMemoryBytes * 100 - 0.5
  for (let row = from, at = from * ROOM; row < count; row++, at += ROOM) {
    const cpuInverse = room[at + CPU_INVERSE]!
    const memoryInverse = room[at + MEMORY_INVERSE]!
    const byCpu = ((room[at + CPU_UNSCORED]! * 100 - cpuScored) * cpuInverse) | 0
    const byMemory = ((room[at + MEMORY_UNSCORED]! * 100 - memoryScored) * memoryInverse) | 0
    const skew =
      (room[at + CPU_FREE]! - cpuMilli) * cpuInverse - (room[at + MEMORY_FREE]! - memoryBytes) * memoryInverse
    const after = (100 + NEAR - 50 * Math.abs(skew)) | 0
    // Below zero counts as zero.
    const fit = ((byCpu & ~(byCpu >> 31)) + (byMemory & ~(byMemory >> 31))) >> 1
    const score = fit * least + (50 + ((50 + after - room[at + BALANCE]!) >> 1)) * balanced
    if (score - Math.imul(nameHash[row]! ^ seed, TIE) >= key) return row
  }
  return -1
}
