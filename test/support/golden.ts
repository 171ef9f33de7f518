/** Golden files: text that people read, held to the letter. `npm run golden` rewrites them; the review reads the diff. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fixture } from 'uvu/assert'

/** Compares `actual` with test/`file`, or writes it there when HEADWAY_GOLDEN=write. */
export function checkGolden(file: string, actual: string): void {
  const full = path.join(process.cwd(), 'test', file)
  if (process.env['HEADWAY_GOLDEN'] === 'write') {
    mkdirSync(path.dirname(full), { recursive: true })
    writeFileSync(full, actual)
  }
  fixture(
    actual,
    existsSync(full) ? readFileSync(full, 'utf8') : '',
    `test/${file} differs; npm run golden rewrites it`,
  )
}
