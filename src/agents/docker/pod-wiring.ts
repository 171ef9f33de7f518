/**
 * Puts a pod on its network without the engine: a container of no network gets one end of a veth pair as `eth0`, the
 * other end joins the bridge of the engine's network. The engine's own way sets up a name server in each container,
 * which costs a third of a start. The container's first program is the gate (`gate-program.ts`), which lets the image's
 * own begin when the default route is there, so that whoever was interrupted, the next agent finds a container that
 * still waits and goes on. Two ends of one address cannot be: a veth end is named after its pod's address.
 */
import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { setTimeout } from 'node:timers/promises'
import { RuntimeError } from '../runtime.js'
import { GATE_TARGET } from './gate-command.js'
import { runTool, ToolError } from './host-tool.js'
import type { Wirer } from './wirer.js'
import { makeFrame, readReply } from './wiring-frame.js'

/** How a container is to be wired, as its label says: address with prefix length, gateway, bridge. */
export interface Wiring {
  readonly address: string
  readonly prefixLength: number
  readonly gateway: string
  readonly bridge: string
}

const GATE_NAME = path.posix.basename(GATE_TARGET)

/** Of containers that the agent wires: `10.244.3.20/24 10.244.3.1 hw-1a2b3c4d`. */
export const LABEL_WIRING = 'dev.headway.wiring'

/** A bridge as the kernel knows it: its number, and its largest packet in bytes. */
export interface BridgeLink {
  readonly index: number
  readonly mtu: number
}

interface ListedLink {
  readonly ifname: string
  readonly ifindex: number
  readonly mtu: number
  readonly master?: string
}

/** The label's text. */
export function wiringText({ address, prefixLength, gateway, bridge }: Wiring): string {
  return `${address}/${prefixLength} ${gateway} ${bridge}`
}

/** What a container's labels say of its wiring; null for one that the agent does not wire. */
export function wiringOf(labels: Readonly<Record<string, string>>): Wiring | null {
  const match = /^([\d.]+)\/(\d+) ([\d.]+) (\S+)$/.exec(labels[LABEL_WIRING] ?? '')
  if (match === null) return null
  const [, address = '', prefix = '', gateway = '', bridge = ''] = match
  return { address, prefixLength: Number(prefix), gateway, bridge }
}

/** The host's end of a pod's veth pair: at most 15 letters, one for each address. */
export function hostEndName(address: string): string {
  return `hwp${Buffer.from(bytesOf(address)).toString('hex')}`
}

/** Whether a process's network has its default route, the last thing that is set. False too for one that has ended. */
export async function isWired(pid: number): Promise<boolean> {
  try {
    const table = await readFile(`/proc/${pid}/net/route`, 'utf8')
    return table.split('\n').some((line) => /^\S+\t00000000\t(?!00000000)/.test(line))
  } catch {
    return false
  }
}

/** Whether the process is the container's, seen from here: not so where agent and engine number processes differently. */
export async function isProcessOf(pid: number, containerId: string): Promise<boolean> {
  try {
    return (await readFile(`/proc/${pid}/cgroup`, 'utf8')).includes(containerId)
  } catch {
    return false
  }
}

/** Whether a process has ended, although nobody may have asked for its exit code yet. */
export async function isProcessGone(pid: number): Promise<boolean> {
  try {
    const text = await readFile(`/proc/${pid}/stat`, 'utf8')
    return /^[ZX]/.test(text.slice(text.lastIndexOf(')') + 2))
  } catch {
    return true
  }
}

/** Looks this often, a millisecond apart, for a program that takes its time to begin on a busy host. */
const PROGRAM_LOOKS_MAX = 250

/**
 * Resolves once a wired container's gate has become the image's own program: a probe sent before would find nobody, and
 * the pod would wait for the next one, a whole period. Also resolves when the process is gone, and after a while in any case.
 */
export async function waitForProgram(pid: number): Promise<void> {
  for (let look = 0; look < PROGRAM_LOOKS_MAX && (await isBeforeProgram(pid)); look++) await setTimeout(1)
}

/** What runc calls itself in the first process before that runs the container's command: an engine answers before it does. */
const RUNC = 'runc:['

/** Whether a process still is the gate, or not even that; the kernel names it after its file. */
async function isBeforeProgram(pid: number): Promise<boolean> {
  try {
    const name = (await readFile(`/proc/${pid}/comm`, 'utf8')).trimEnd()
    return name === GATE_NAME || name.startsWith(RUNC)
  } catch {
    return false
  }
}

/** Whether an interface exists in the agent's own network namespace. */
export async function hasInterface(name: string): Promise<boolean> {
  const table = await readFile('/proc/self/net/dev', 'utf8')
  return table.split('\n').some((line) => line.trimStart().startsWith(`${name}:`))
}

/** The largest packet a bridge carries, in bytes, and the kernel's number of it, which a bridge made anew does not share. */
export async function readBridge(bridge: string): Promise<BridgeLink> {
  const [link] = await listLinks(['dev', bridge])
  return { mtu: link?.mtu ?? 1_500, index: link?.ifindex ?? 0 }
}

/**
 * Wires the network of process `pid` to a bridge. Errors: `conflict` (RuntimeError) when the address has a host end
 * already, `clearHostEnd` then takes it away where nobody uses it; an Error with the step that failed.
 */
export async function wireProcess(
  wirer: Wirer,
  pid: number,
  { address, prefixLength, gateway }: Wiring,
  bridge: BridgeLink,
): Promise<void> {
  const frame = makeFrame({
    pid,
    hostEnd: hostEndName(address),
    // As the engine does: one hardware address for each address, so that neighbours need not learn after a restart.
    hardwareAddress: [0x02, 0x42, ...bytesOf(address)],
    bridgeIndex: bridge.index,
    mtu: bridge.mtu,
    address: bytesOf(address),
    prefixLength,
    gateway: bytesOf(gateway),
  })
  const outcome = readReply(await wirer.send(frame))
  if (outcome === 'wired') return
  if (outcome === 'exists') throw new RuntimeError('conflict', `address ${address} is in use on this host`, true)
  throw new Error(outcome.error)
}

function bytesOf(address: string): number[] {
  return address.split('.').map(Number)
}

/** Takes away the host end of an address, and with it the other. One that is not there is no error. */
export async function clearHostEnd(address: string): Promise<void> {
  try {
    await runTool('ip', ['link', 'del', 'dev', hostEndName(address)])
  } catch (error) {
    if (!(error instanceof ToolError) || !/Cannot find device/.test(error.message)) throw error
  }
}

/** Whether pods are wired to a bridge. */
export async function hasHostEnds(bridge: string): Promise<boolean> {
  const links = await listLinks(['type', 'veth'])
  return links.some((link) => link.master === bridge && isHostEnd(link.ifname))
}

/** Puts the host ends of these addresses back on their bridge: it may have been removed and made again. Tells how many were off it. */
export async function rejoinBridge(bridge: string, addresses: ReadonlySet<string>): Promise<number> {
  const names = new Set([...addresses].map(hostEndName))
  const lost = (await listLinks(['type', 'veth'])).filter((link) => names.has(link.ifname) && link.master !== bridge)
  for (const { ifname } of lost) await runTool('ip', ['link', 'set', 'dev', ifname, 'master', bridge, 'up'])
  return lost.length
}

function isHostEnd(name: string): boolean {
  return /^hwp[0-9a-f]{8}$/.test(name)
}

async function listLinks(which: readonly string[]): Promise<readonly ListedLink[]> {
  const output = await runTool('ip', ['-json', 'link', 'show', ...which])
  return JSON.parse(output.trim() || '[]') as readonly ListedLink[]
}
