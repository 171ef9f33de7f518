/** Tables as kubectl prints them: upper-case heads, columns as wide as their widest cell, three blanks between. */

/** Rows of cells under heads; the last column is not padded, no line ends in blanks, a cell is one line. Empty text for no rows. */
export function renderTable(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  if (rows.length === 0) return ''
  const lines = [heads, ...rows.map((row) => row.map(oneLine))]
  const widths = heads.map((_, column) => Math.max(...lines.map((line) => visibleLength(line[column] ?? ''))))
  return lines
    .map((line) => {
      const cells = line.map((cell, column) => `${cell}${' '.repeat(widths[column]! - visibleLength(cell))}`)
      return `${cells.join('   ').trimEnd()}\n`
    })
    .join('')
}

/** What an engine or a person wrote may have lines of its own. */
function oneLine(cell: string): string {
  return cell.replace(/\s*[\r\n]+\s*/g, ' ')
}

/** Length on the terminal: colour sequences take no room. */
export function visibleLength(text: string): number {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: colour sequences begin with the escape character.
  return [...text.replace(/\u001b\[[0-9;]*m/g, '')].length
}

/** Text cut to a number of columns, with an ellipsis where something is missing. */
export function cutText(text: string, columns: number): string {
  const letters = [...text]
  return letters.length <= columns ? text : `${letters.slice(0, Math.max(0, columns - 1)).join('')}…`
}
