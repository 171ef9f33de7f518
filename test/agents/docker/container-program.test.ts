/** When a container's program is there: seen by what the kernel calls its first process, which this test names itself. */
import { spawn } from 'node:child_process'
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { waitForProgram } from '../../../src/agents/docker/pod-wiring.js'

const tests = suite('the program of a container')
const folder = mkdtempSync('/tmp/headway-program-')
tests.after(() => rmSync(folder, { recursive: true, force: true }))

for (const name of ['runc:[2:INIT]', 'headway-gate'])
  tests(`${name} is waited for until it has become another`, async () => {
    const file = path.join(folder, name)
    copyFileSync('/bin/sh', file)
    // A process under that name, which becomes `sleep` when it reads a line.
    const child = spawn(file, ['-c', 'echo; read line; exec sleep 60'], { stdio: ['pipe', 'pipe', 'ignore'] })
    try {
      await new Promise((resolve) => child.stdout.once('data', resolve))
      const pid = child.pid!
      assert.is(programOf(pid), name)
      let isOver = false
      const waited = waitForProgram(pid).then(() => {
        isOver = true
      })
      // One look is not enough.
      for (let i = 0; i < 5; i++) await readFile(`/proc/${pid}/comm`)
      assert.not.ok(isOver)
      child.stdin.write('\n')
      await waited
      assert.is(programOf(pid), 'sleep')
    } finally {
      child.kill('SIGKILL')
    }
  })

tests('a process that is gone is not waited for', async () => {
  const child = spawn('/bin/true')
  await new Promise((resolve) => child.once('exit', resolve))
  await waitForProgram(child.pid!)
})

function programOf(pid: number): string {
  return readFileSync(`/proc/${pid}/comm`, 'utf8').trimEnd()
}

tests.run()
