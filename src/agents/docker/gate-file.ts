/** The gate on the host's disk, from where containers mount it; and whether this host can wire pods at all. */
import { createHash } from 'node:crypto'
import { chmod, mkdir, readFile, rename, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { makeElfFile } from './elf-file.js'
import { gateProgram } from './gate-program.js'
import { runTool } from './host-tool.js'
import { machineArchitecture } from './sandbox-image.js'

/**
 * Puts the gate into a folder (made if need be) and tries it; gives its path, which names its contents, so that containers
 * of an older one keep theirs. Errors: of the file system; ToolError where it cannot be run, as on a disk mounted noexec.
 */
export async function placeGate(directory: string): Promise<string> {
  const program = makeElfFile(gateProgram, machineArchitecture())
  const name = `gate-${createHash('sha256').update(program).digest('hex').slice(0, 12)}`
  const file = path.join(path.resolve(directory), name)
  const present = await readFile(file).catch(() => null)
  if (present === null || !present.equals(program)) {
    await mkdir(directory, { recursive: true })
    const draft = `${file}.${process.pid}`
    await writeFile(draft, program)
    await chmod(draft, 0o555)
    await rename(draft, file)
  }
  await runTool(file, [])
  return file
}

/** Why the agent cannot wire pods on this host; empty when it can. */
export async function wiringObstacle(): Promise<string> {
  if (process.getuid?.() !== 0) return 'the agent is not root'
  try {
    await runTool('ip', ['-V'])
    await runTool('nsenter', ['--version'])
    return ''
  } catch (error) {
    return (error as Error).message
  }
}
