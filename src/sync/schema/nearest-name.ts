/** The known name that a mistyped one most likely means. */

/** The nearest of `names` to `name`, or null when none is near: at most a third of the letters differ. Ties go to the first in order. */
export function nearestName(name: string, names: readonly string[]): string | null {
  const lower = name.toLowerCase()
  const limit = Math.max(1, Math.floor(name.length / 3))
  let best: string | null = null
  let bestDistance = limit + 1
  for (const candidate of names) {
    if (Math.abs(candidate.length - name.length) > limit) continue
    const distance = candidate.toLowerCase() === lower ? 0 : editDistance(lower, candidate.toLowerCase())
    if (distance < bestDistance) {
      best = candidate
      bestDistance = distance
    }
  }
  return best
}

/**
 * The name that begins most like `name`, or null: at least four letters and two thirds of the name are the same.
 * `replicaCount` is like `replicas`. Ties go to the first in order.
 */
export function nameBeginningLike(name: string, names: readonly string[]): string | null {
  const lower = name.toLowerCase()
  let best: string | null = null
  let bestLength = 3
  for (const candidate of names) {
    const length = commonBeginning(lower, candidate.toLowerCase())
    if (length <= bestLength || length * 3 < candidate.length * 2) continue
    best = candidate
    bestLength = length
  }
  return best
}

function commonBeginning(left: string, right: string): number {
  let length = 0
  while (length < left.length && left[length] === right[length]) length++
  return length
}

/** Insertions, deletions, replacements and swaps of neighbours between two texts (optimal string alignment). */
function editDistance(left: string, right: string): number {
  let twoBack: number[] = []
  let back = Array.from({ length: right.length + 1 }, (_, i) => i)
  for (let i = 1; i <= left.length; i++) {
    const row = [i]
    for (let j = 1; j <= right.length; j++) {
      const replace = back[j - 1]! + (left[i - 1] === right[j - 1] ? 0 : 1)
      let least = Math.min(back[j]! + 1, row[j - 1]! + 1, replace)
      if (i > 1 && j > 1 && left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1])
        least = Math.min(least, twoBack[j - 2]! + 1)
      row.push(least)
    }
    twoBack = back
    back = row
  }
  return back[right.length]!
}
