/** The sandbox image, made on the host itself: no registry, no compiler, under 10 KB. */
import { SANDBOX_IMAGE } from '../core/pod-form.js'
import type { Runtime, RuntimeImage } from '../runtime.js'
import { makeElfFile } from './elf-file.js'
import type { MachineArchitecture } from './machine-code.js'
import { sandboxProgram } from './sandbox-program.js'
import { makeTar } from './tar-file.js'

/** Its tag grows with each change of the program, so that old sandboxes keep running from the old image. */
export { SANDBOX_IMAGE }

/** The image if it is there, else makes it. Errors: RuntimeError. */
export async function ensureSandboxImage(runtime: Runtime): Promise<RuntimeImage> {
  const existing = await runtime.inspectImage(SANDBOX_IMAGE)
  if (existing !== null) return existing
  const layer = makeTar([{ path: 'sandbox', mode: 0o755, content: makeElfFile(sandboxProgram, machineArchitecture()) }])
  return runtime.importImage(SANDBOX_IMAGE, layer, ['ENTRYPOINT ["/sandbox"]'])
}

/** This machine's: the agent runs where its engine does. Throws on one that is neither x86-64 nor arm64. */
export function machineArchitecture(): MachineArchitecture {
  if (process.arch === 'x64' || process.arch === 'arm64') return process.arch
  throw new Error(`this machine is ${process.arch}; Headway runs on x86-64 and arm64`)
}
