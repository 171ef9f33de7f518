/** Progress on a terminal takes back what it showed, and never more than a screen; elsewhere each change is a line. */
import picocolors from 'picocolors'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Context } from '../../src/cli/context.js'
import { openLiveText } from '../../src/cli/output/live.js'
import { renderTable } from '../../src/cli/output/table.js'

const live = suite('live text')
const context = (isTerminal: boolean): Context => ({ isTerminal, columns: 10, rows: 5 }) as Context

live('a terminal: lines are redrawn in place', () => {
  let text = ''
  const shown = openLiveText(context(true), (part) => {
    text += part
  })
  shown.show('one\ntwo\n', 'x')
  shown.show('three\n', 'y')
  shown.clear()
  assert.is(text, 'one\ntwo\n\u001b[2A\u001b[Jthree\n\u001b[1A\u001b[J')
})

live('a terminal: long lines and long blocks are cut', () => {
  let text = ''
  const shown = openLiveText(context(true), (part) => {
    text += part
  })
  shown.show(`${picocolors.createColors(true).green('0123456789')}\n1\n2\n3\n4\n5\n6\n`, 'x')
  assert.is(text, '01234567…\n1\n2\n…\n')
  shown.clear()
  assert.ok(text.endsWith('\u001b[4A\u001b[J'))
})

live('no terminal: each change once', () => {
  let text = ''
  const shown = openLiveText(context(false), (part) => {
    text += part
  })
  for (const line of ['a', 'a', 'b', 'a']) shown.show('block', line)
  shown.clear()
  assert.is(text, 'a\nb\na\n')
})

live('no terminal: of lines that belong together only those that the last block lacks', () => {
  let text = ''
  const shown = openLiveText(context(false), (part) => {
    text += part
  })
  for (const lines of [['a', 'b'], ['a', 'b'], ['a', 'c'], ['b']]) shown.showLines(lines)
  assert.is(text, 'a\nb\nc\nb\n')
})

live('a terminal: lines that belong together are redrawn as a block', () => {
  let text = ''
  const shown = openLiveText(context(true), (part) => {
    text += part
  })
  shown.showLines(['one', 'two'])
  shown.showLines(['one'])
  assert.is(text, 'one\ntwo\n\u001b[2A\u001b[Jone\n')
})

live('tables: columns by what is seen, no blanks at the ends of lines', () => {
  const { green } = picocolors.createColors(true)
  assert.is(renderTable(['A', 'LONG'], []), '')
  assert.is(
    renderTable(
      ['A', 'LONG', 'C'],
      [
        [green('é'), 'x', ''],
        ['abc', 'y', 'z'],
      ],
    ),
    `A     LONG   C\n${green('é')}     x\nabc   y      z\n`,
  )
})

live.run()
