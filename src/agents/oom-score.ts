/**
 * The lowest out-of-memory score that containers may get here. Scores below one's own need CAP_SYS_RESOURCE, which a
 * host that is itself a container often lacks; a container asked to run below would not start at all.
 */
import { readFile } from 'node:fs/promises'

const CAP_SYS_RESOURCE = 24n
/** The kernel's own lowest. */
const LOWEST = -1000

/** Judged by this process, which runs beside the engine with the same rights. */
export async function readOomScoreMin(): Promise<number> {
  const status = await readFile('/proc/self/status', 'utf8')
  const own = Number((await readFile('/proc/self/oom_score_adj', 'utf8')).trim())
  return oomScoreMin(status, own)
}

/** From `/proc/PID/status` and the process's own score. */
export function oomScoreMin(status: string, own: number): number {
  const effective = BigInt(`0x${/^CapEff:\s*([0-9a-f]+)$/m.exec(status)?.[1] ?? '0'}`)
  return (effective >> CAP_SYS_RESOURCE) & 1n ? LOWEST : Math.max(0, own)
}
