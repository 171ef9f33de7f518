/** Progress while something goes on: redrawn lines on a terminal, one plain line a change elsewhere. */
import type { Context } from '../context.js'
import { cutText, visibleLength } from './table.js'

export interface LiveText {
  /** Shows `block` on a terminal in place of what was shown before; elsewhere prints `line` when it is a new one. */
  show(block: string, line: string): void
  /** The same for lines that belong together: elsewhere prints those that the last block did not have. */
  showLines(lines: readonly string[]): void
  /** Leaves what is shown and starts anew below it. */
  keep(): void
  /** Takes the shown lines away again (on a terminal). */
  clear(): void
}

/** Live text on standard error or output of the context, by `write`. */
export function openLiveText(context: Context, write: (text: string) => void): LiveText {
  let shownLines = 0
  let lastLine = ''
  let lastLines: ReadonlySet<string> = new Set()
  const clear = (): void => {
    if (shownLines > 0) write(`\u001b[${shownLines}A\u001b[J`)
    shownLines = 0
  }
  const redraw = (block: string): void => {
    const whole = block.trimEnd().split('\n')
    // What has scrolled away cannot be taken back: more than a screen is cut.
    const shown = whole.length < context.rows ? whole : [...whole.slice(0, context.rows - 2), '…']
    const lines = shown.map((text) => fit(text, context.columns))
    clear()
    write(`${lines.join('\n')}\n`)
    shownLines = lines.length
  }
  return {
    show(block, line) {
      if (context.isTerminal) return redraw(block)
      if (line !== lastLine) write(`${line}\n`)
      lastLine = line
    },
    showLines(lines) {
      if (context.isTerminal) return redraw(lines.join('\n'))
      for (const line of lines) if (!lastLines.has(line)) write(`${line}\n`)
      lastLines = new Set(lines)
    },
    keep() {
      shownLines = 0
    },
    clear,
  }
}

/** A line that would wrap breaks the count of lines to take away: it is cut, and loses its colours with it. */
function fit(text: string, columns: number): string {
  if (visibleLength(text) < columns) return text
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colour sequences begin with the escape character.
  return cutText(text.replace(/\u001b\[[0-9;]*m/g, ''), columns - 1)
}
