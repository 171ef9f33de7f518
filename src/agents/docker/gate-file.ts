/** Gate and wirer on the host's disk, from where containers mount the one and the agent runs the other; and whether this host can wire pods at all. */
import { createHash } from 'node:crypto'
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { makeElfFile, type Program } from './elf-file.js'
import { gateProgram } from './gate-program.js'
import { runTool } from './host-tool.js'
import { machineArchitecture } from './sandbox-image.js'
import { wirerProgram } from './wirer-program.js'

export interface PlacedPrograms {
  readonly gate: string
  readonly wirer: string
}

/**
 * Puts gate and wirer into a folder (made if need be) and tries them; their names name their contents, so that containers
 * of an older gate keep theirs. Errors: of the file system; ToolError where they cannot be run, as on a disk mounted noexec.
 */
export async function placePrograms(directory: string): Promise<PlacedPrograms> {
  const gate = await place(directory, 'gate', gateProgram)
  const wirer = await place(directory, 'wirer', wirerProgram)
  await runTool(gate, [])
  await runTool(wirer, [])
  return { gate, wirer }
}

async function place(directory: string, kind: string, source: Program): Promise<string> {
  const program = makeElfFile(source, machineArchitecture())
  const name = `${kind}-${createHash('sha256').update(program).digest('hex').slice(0, 12)}`
  const file = path.join(path.resolve(directory), name)
  const present = await readFile(file).catch(() => null)
  if (present?.equals(program)) return file
  await mkdir(directory, { recursive: true })
  const draft = `${file}.${process.pid}`
  await writeFile(draft, program)
  await chmod(draft, 0o555)
  await rename(draft, file)
  return file
}

/** Why the agent cannot wire pods on this host; empty when it can. */
export async function wiringObstacle(): Promise<string> {
  if (process.getuid?.() !== 0) return 'the agent is not root'
  try {
    await runTool('ip', ['-V'])
    return ''
  } catch (error) {
    return (error as Error).message
  }
}
