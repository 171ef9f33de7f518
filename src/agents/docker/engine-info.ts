/** What the engine says of itself, and why some engines are refused: they are not tested, and each breaks a pod's ground rules. Pure. */
import type { EngineInfo } from '../runtime.js'

/** The parts of GET /info that are read. */
export interface InfoAnswer {
  readonly ID?: string
  readonly NCPU?: number
  readonly MemTotal?: number
  readonly Architecture?: string
  readonly KernelVersion?: string
  readonly OperatingSystem?: string
  readonly OSType?: string
  readonly CgroupDriver?: string
  readonly CgroupVersion?: string
  readonly LiveRestoreEnabled?: boolean
  readonly DockerRootDir?: string
  readonly SecurityOptions?: readonly string[] | null
  readonly Labels?: readonly string[] | null
  readonly Swarm?: { readonly LocalNodeState?: string }
}

/** The parts of GET /version that are read. */
export interface VersionAnswer {
  readonly Version?: string
  readonly ApiVersion?: string
  readonly Components?: readonly { readonly Name?: string }[] | null
}

/** The oldest Engine API that has all that is used: Docker 20.10. */
const OLDEST_API = '1.41'

/** Both answers as one record. */
export function decodeEngineInfo(info: InfoAnswer, version: VersionAnswer): EngineInfo {
  return {
    id: info.ID ?? '',
    version: version.Version ?? '',
    apiVersion: version.ApiVersion ?? '',
    cpus: info.NCPU ?? 0,
    memoryBytes: info.MemTotal ?? 0,
    architecture: info.Architecture ?? '',
    kernelVersion: info.KernelVersion ?? '',
    osImage: info.OperatingSystem ?? '',
    cgroupDriver: info.CgroupDriver === 'systemd' ? 'systemd' : info.CgroupDriver === 'cgroupfs' ? 'cgroupfs' : 'none',
    cgroupVersion: info.CgroupVersion === '2' ? 2 : 1,
    liveRestore: info.LiveRestoreEnabled ?? false,
    rootDirectory: info.DockerRootDir ?? '',
    refusal: engineRefusal(info, version),
  }
}

/** Why this engine is not used, and what to do; empty when it is fit. */
export function engineRefusal(info: InfoAnswer, version: VersionAnswer): string {
  const options = (info.SecurityOptions ?? []).map((option) => option.split(',')[0])
  if ((version.Components ?? []).some((component) => /podman/i.test(component.Name ?? '')))
    return 'this is Podman, which is not supported; install Docker Engine (docker.io)'
  if (
    info.OperatingSystem === 'Docker Desktop' ||
    (info.Labels ?? []).some((label) => label.startsWith('com.docker.desktop'))
  )
    return 'this is Docker Desktop: its containers run in a virtual machine whose network the agent cannot reach; use a Docker Engine on a Linux host'
  if (info.OSType !== undefined && info.OSType !== 'linux')
    return `this engine runs ${info.OSType} containers; a Linux engine is needed`
  if (options.includes('name=rootless'))
    return 'this engine is rootless: pods could have neither fixed addresses nor resource limits; use the system-wide Docker Engine'
  if (options.includes('name=userns'))
    return 'this engine remaps users (userns-remap): files of volumes would belong to the wrong users; switch userns-remap off in /etc/docker/daemon.json'
  const swarm = info.Swarm?.LocalNodeState ?? 'inactive'
  if (swarm !== 'inactive' && swarm !== '')
    return `this engine is a Swarm member (${swarm}): leave it first with \`docker swarm leave\``
  if (compareVersions(version.ApiVersion ?? '0', OLDEST_API) < 0)
    return `this engine is too old (API ${version.ApiVersion ?? 'unknown'}, at least ${OLDEST_API} is needed): install Docker 20.10 or newer`
  return ''
}

/** Orders dotted numbers: 1.9 before 1.41. */
export function compareVersions(left: string, right: string): number {
  const a = left.split('.').map(Number)
  const b = right.split('.').map(Number)
  for (let i = 0; i < Math.max(a.length, b.length); i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0)
    if (difference !== 0) return difference
  }
  return 0
}
