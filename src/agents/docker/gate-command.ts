/** How a container that goes through the gate is asked for: its mount, and the arguments that the gate takes. Pure. */
import type { ContainerSpec } from '../runtime.js'

/** Below `/dev`, a tmpfs of each container: no trace is left in its file system. */
export const GATE_TARGET = '/dev/headway-gate'
/** The engine's, for an image that sets none. */
const DEFAULT_PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

/** The parts of an image's configuration that decide what runs. */
export interface ImageConfiguration {
  readonly Entrypoint?: readonly string[] | null
  readonly Cmd?: readonly string[] | null
  readonly Env?: readonly string[] | null
}

export interface GateCommand {
  readonly entrypoint: readonly string[]
  readonly command: readonly string[]
}

/** The container's own program with its arguments, as the engine would choose; empty when there is none to run. */
export function ownCommand(spec: Pick<ContainerSpec, 'entrypoint' | 'command'>, image: ImageConfiguration): string[] {
  const entrypoint = spec.entrypoint ?? image.Entrypoint ?? []
  const isReplaced = spec.entrypoint !== null && spec.entrypoint.length > 0
  const command = spec.command ?? (isReplaced ? [] : (image.Cmd ?? []))
  return [...entrypoint, ...command]
}

/** What the engine is told to run instead: the gate with the paths to try, an empty one, and the program's arguments. */
export function gateCommand(
  own: readonly string[],
  environment: readonly string[],
  image: ImageConfiguration,
): GateCommand {
  const candidates = programPaths(own[0] ?? '', searchPath(environment) ?? searchPath(image.Env ?? []) ?? DEFAULT_PATH)
  return { entrypoint: [GATE_TARGET, ...candidates, ''], command: own }
}

/** Where a program may lie: a name with a slash is a path already (from the working directory if it is relative). */
export function programPaths(name: string, path: string): string[] {
  if (name.includes('/')) return [name]
  return path.split(':').map((folder) => `${folder === '' ? '.' : folder.replace(/\/+$/, '')}/${name}`)
}

/** The last one counts; an empty one is as none. */
function searchPath(environment: readonly string[]): string | null {
  const last = environment.findLast((variable) => variable.startsWith('PATH='))
  return last?.slice('PATH='.length) || null
}

/** What is said of a program that the gate could not find or run: in the engine's own words. */
export function gateFailure(name: string, isFound: boolean): string {
  if (isFound) return `exec: "${name}": permission denied`
  if (name.includes('/')) return `exec: "${name}": stat ${name}: no such file or directory`
  return `exec: "${name}": executable file not found in $PATH`
}
