/** Lines that differ between two texts (Myers' O(ND) comparison), for blame and for merging reverts. */

/** Lines `beforeStart`..`beforeEnd` became `afterStart`..`afterEnd`; from 0, ends excluded. */
export interface Hunk {
  readonly beforeStart: number
  readonly beforeEnd: number
  readonly afterStart: number
  readonly afterEnd: number
}

/** Beyond this many differing lines the texts count as wholly different: the search is quadratic in them. */
const DIFFERENCES_MAX = 4_000

/** Lines with their line ends: joining them gives the text. */
export function splitLines(text: string): string[] {
  return text.match(/[^\n]*\n|[^\n]+$/g) ?? []
}

/** Hunks in order, none touching the next. */
export function diffLines(before: readonly string[], after: readonly string[]): Hunk[] {
  let start = 0
  while (start < before.length && start < after.length && before[start] === after[start]) start++
  let beforeEnd = before.length
  let afterEnd = after.length
  while (beforeEnd > start && afterEnd > start && before[beforeEnd - 1] === after[afterEnd - 1]) {
    beforeEnd--
    afterEnd--
  }
  if (start === beforeEnd && start === afterEnd) return []
  const left = before.slice(start, beforeEnd)
  const right = after.slice(start, afterEnd)
  const pairs = left.length === 0 || right.length === 0 ? [] : commonLines(left, right)
  return hunksBetween(pairs, left.length, right.length).map((hunk) => ({
    beforeStart: hunk.beforeStart + start,
    beforeEnd: hunk.beforeEnd + start,
    afterStart: hunk.afterStart + start,
    afterEnd: hunk.afterEnd + start,
  }))
}

type Pair = readonly [left: number, right: number]

/** Pairs of equal lines, as many as there can be, in order. */
function commonLines(left: readonly string[], right: readonly string[]): Pair[] {
  const limit = Math.min(left.length + right.length, DIFFERENCES_MAX)
  const middle = limit + 1
  let furthest = new Int32Array(2 * limit + 3)
  const trace: Int32Array[] = []
  for (let distance = 0; distance <= limit; distance++) {
    trace.push(furthest.slice())
    for (let k = -distance; k <= distance; k += 2) {
      const isDown = k === -distance || (k !== distance && furthest[middle + k - 1]! < furthest[middle + k + 1]!)
      let x = isDown ? furthest[middle + k + 1]! : furthest[middle + k - 1]! + 1
      let y = x - k
      while (x < left.length && y < right.length && left[x] === right[y]) {
        x++
        y++
      }
      furthest[middle + k] = x
      if (x >= left.length && y >= right.length) return backtrack(trace, distance, left.length, right.length, middle)
    }
    furthest = furthest.slice()
  }
  return []
}

function backtrack(trace: readonly Int32Array[], distance: number, x0: number, y0: number, middle: number): Pair[] {
  const pairs: Pair[] = []
  let x = x0
  let y = y0
  for (let d = distance; d >= 0; d--) {
    const furthest = trace[d]!
    const k = x - y
    const isDown = k === -d || (k !== d && furthest[middle + k - 1]! < furthest[middle + k + 1]!)
    const previous = isDown ? k + 1 : k - 1
    const fromX = d === 0 ? 0 : furthest[middle + previous]!
    const fromY = d === 0 ? 0 : fromX - previous
    while (x > fromX && y > fromY) pairs.push([--x, --y])
    x = fromX
    y = fromY
  }
  return pairs.reverse()
}

function hunksBetween(pairs: readonly Pair[], leftLength: number, rightLength: number): Hunk[] {
  const hunks: Hunk[] = []
  let left = 0
  let right = 0
  for (const [x, y] of [...pairs, [leftLength, rightLength] as const]) {
    if (x > left || y > right) hunks.push({ beforeStart: left, beforeEnd: x, afterStart: right, afterEnd: y })
    left = x + 1
    right = y + 1
  }
  return hunks
}

/** Both changes of one base together; null when they touch the same lines in different ways (as git does, neighbours count). */
export function mergeLines(base: string, ours: string, theirs: string): string | null {
  const from = splitLines(base)
  const our = splitLines(ours)
  const their = splitLines(theirs)
  const left = diffLines(from, our).map((hunk) => ({ hunk, lines: our }))
  const right = diffLines(from, their).map((hunk) => ({ hunk, lines: their }))
  const all = [...left, ...right].sort(
    (a, b) => a.hunk.beforeStart - b.hunk.beforeStart || a.hunk.beforeEnd - b.hunk.beforeEnd,
  )
  let merged = ''
  let at = 0
  let last: (typeof all)[number] | null = null
  for (const change of all) {
    const { hunk, lines } = change
    const text = lines.slice(hunk.afterStart, hunk.afterEnd).join('')
    if (last !== null && last.lines !== lines && hunk.beforeStart <= last.hunk.beforeEnd) {
      const same = last.hunk.beforeStart === hunk.beforeStart && last.hunk.beforeEnd === hunk.beforeEnd
      if (!same || last.lines.slice(last.hunk.afterStart, last.hunk.afterEnd).join('') !== text) return null
      continue
    }
    merged += from.slice(at, hunk.beforeStart).join('') + text
    at = hunk.beforeEnd
    last = change
  }
  return merged + from.slice(at).join('')
}
