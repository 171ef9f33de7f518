/** Lines and columns of offsets in a text. */

export interface Place {
  readonly line: number
  readonly column: number
}

export class LineMap {
  readonly #starts: number[] = [0]

  constructor(text: string) {
    for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) this.#starts.push(at + 1)
  }

  /** Both from 1. */
  placeOf(offset: number): Place {
    let low = 0
    let high = this.#starts.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (this.#starts[middle]! <= offset) low = middle + 1
      else high = middle
    }
    return { line: low, column: offset - this.#starts[low - 1]! + 1 }
  }
}
