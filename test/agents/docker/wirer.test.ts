/** The wirer itself: pairs are made in a process's network, failures are told step by step, its end is survived. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, readlinkSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { placePrograms } from '../../../src/agents/docker/gate-file.js'
import { isWired } from '../../../src/agents/docker/pod-wiring.js'
import { Wirer } from '../../../src/agents/docker/wirer.js'
import { type FrameInput, makeFrame, readReply } from '../../../src/agents/docker/wiring-frame.js'
import { waitFor } from '../../support/wait-for.js'

const directory = mkdtempSync(path.join(os.tmpdir(), 'headway-wirer-'))
const bridge = `hwb${process.pid}`
const hostEnd = `hwe${process.pid}`
const sleepers: ChildProcess[] = []
let wirer: Wirer
let bridgeIndex = 0

const tests = suite('wirer')

tests.before(async () => {
  wirer = new Wirer((await placePrograms(directory)).wirer)
  execFileSync('ip', ['link', 'add', bridge, 'up', 'type', 'bridge'])
  const [link] = JSON.parse(execFileSync('ip', ['-json', 'link', 'show', bridge], { encoding: 'utf8' }))
  bridgeIndex = link.ifindex
})

tests.after.each(() => {
  for (const sleeper of sleepers.splice(0)) sleeper.kill('SIGKILL')
})

tests.after(() => {
  execFileSync('ip', ['link', 'del', bridge])
  rmSync(directory, { recursive: true })
})

/** A process with a network of its own. */
async function startAlone(): Promise<number> {
  const sleeper = spawn('unshare', ['--net', 'sleep', '1000'], { stdio: 'ignore' })
  sleepers.push(sleeper)
  const pid = sleeper.pid ?? 0
  const own = readlinkSync('/proc/self/ns/net')
  await waitFor('a network of its own', 10_000, () => readlinkSync(`/proc/${pid}/ns/net`) !== own)
  return pid
}

function frame(pid: number, changes: Partial<FrameInput> = {}): Uint8Array {
  return makeFrame({
    pid,
    hostEnd,
    hardwareAddress: [2, 0x42, 198, 18, 7, 20],
    bridgeIndex,
    mtu: 1400,
    address: [198, 18, 7, 20],
    prefixLength: 22,
    gateway: [198, 18, 4, 1],
    ...changes,
  })
}

function inside(pid: number, ...args: string[]): unknown {
  const command = ['--target', String(pid), '--net', 'ip', '-json', ...args]
  return JSON.parse(execFileSync('nsenter', command, { encoding: 'utf8' }))
}

tests('a pair with address, route, packet size and hardware address; a second of its name exists', async () => {
  const pid = await startAlone()
  assert.is(await isWired(pid), false)
  assert.is(readReply(await wirer.send(frame(pid))), 'wired')
  assert.is(await isWired(pid), true)
  const [eth0] = inside(pid, 'addr', 'show', 'eth0') as readonly {
    readonly mtu: number
    readonly address: string
    readonly addr_info: readonly {
      readonly family: string
      readonly local: string
      readonly prefixlen: number
      readonly broadcast: string
    }[]
  }[]
  const [four] = eth0?.addr_info.filter((item) => item.family === 'inet') ?? []
  assert.equal(
    [eth0?.mtu, eth0?.address, four?.local, four?.prefixlen, four?.broadcast],
    [1400, '02:42:c6:12:07:14', '198.18.7.20', 22, '198.18.7.255'],
  )
  const [route] = inside(pid, 'route', 'show', 'default') as readonly {
    readonly gateway: string
    readonly dev: string
  }[]
  assert.equal([route?.gateway, route?.dev], ['198.18.4.1', 'eth0'])
  const [host] = JSON.parse(execFileSync('ip', ['-json', 'link', 'show', hostEnd], { encoding: 'utf8' }))
  assert.equal([host.master, host.mtu, host.flags.includes('UP')], [bridge, 1400, true])
  assert.is(readReply(await wirer.send(frame(pid))), 'exists')
})

tests('what fails is named, and the wirer goes on', async () => {
  await waitFor(
    'the last pair to be gone',
    10_000,
    () => !readFileSync('/proc/net/dev', 'utf8').includes(`${hostEnd}:`),
  )
  const pid = await startAlone()
  const rows: readonly (readonly [Partial<FrameInput>, RegExp])[] = [
    [{ bridgeIndex: 2 ** 30 }, /make the veth pair: error -(19|22)"/],
    [{ pid: 2 ** 22 - 1 }, /make the veth pair: error -3/],
    [{ hostEnd: `${hostEnd}r`, gateway: [203, 0, 113, 1] }, /set the default route: error -101/],
  ]
  for (const [changes, expected] of rows) {
    const outcome = readReply(await wirer.send(frame(pid, changes)))
    assert.match(JSON.stringify(outcome), expected)
  }
})

tests('many at once are answered in their order', async () => {
  const pids = await Promise.all(Array.from({ length: 8 }, startAlone))
  const ends = pids.map((_, i) => `${hostEnd}${'abcdefgh'[i]}`)
  const outcomes = await Promise.all(
    pids.map((pid, i) => wirer.send(frame(pid, { hostEnd: ends[i] ?? '', address: [198, 18, 7, 30 + i] }))),
  )
  assert.equal(
    outcomes.map(readReply),
    pids.map(() => 'wired'),
  )
  for (const [i, pid] of pids.entries()) {
    const [eth0] = inside(pid, 'addr', 'show', 'eth0') as readonly {
      readonly addr_info: readonly { readonly local: string }[]
    }[]
    assert.is(eth0?.addr_info[0]?.local, `198.18.7.${30 + i}`)
  }
})

tests('a wirer that ends is an error, and the next frame starts another', async () => {
  const broken = new Wirer('/bin/false')
  for (let i = 0; i < 2; i++) {
    const why = await broken.send(frame(1)).then(
      () => 'an answer',
      (error: Error) => error.message,
    )
    assert.match(why, /the wirer: ended with code 1/)
  }
})

tests.run()
