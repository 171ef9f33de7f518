/**
 * Finds the Docker Engine that `headway up` and the agent use, and installs one where that can be done: as root on
 * Debian or Ubuntu.
 */
import { execFile, spawn } from 'node:child_process'
import { existsSync, mkdirSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { promisify } from 'node:util'
import { DEFAULT_SOCKET, openDockerRuntime } from './docker-runtime.js'

const run = promisify(execFile)

/** `ca-certificates`: without them no image comes from a registry. */
const PACKAGES = ['docker.io', 'iptables', 'iproute2', 'ca-certificates']
/** Where the kernel enforces AppArmor, the engine starts no container without its parser. */
const APPARMOR_STATE = '/sys/module/apparmor/parameters/enabled'
const APPARMOR_PACKAGE = 'apparmor'
const DAEMON_PROGRAMS = ['/usr/sbin/dockerd', '/usr/bin/dockerd']
const DAEMON_CONFIGURATION = '/etc/docker/daemon.json'
const DAEMON_LOG = '/var/log/headway-dockerd.log'
const INSTALL_LIMIT_MS = 600_000
const START_LIMIT_MS = 60_000

/** `isAway`: the socket is not there now, but may be later. */
export type EngineChoice = { readonly socketPath: string } | { readonly error: string; readonly isAway: boolean }

/** What installing touches of the host; the real one is `thisHost`. */
export interface EngineHost {
  /** Root on Debian or Ubuntu. */
  readonly canInstall: boolean
  /** systemd runs this host. */
  readonly hasSystemd: boolean
  exists(file: string): boolean
  read(file: string): string
  write(file: string, text: string): void
  /** Runs to its end; error when it fails, with its standard error. */
  run(command: string, args: readonly string[], limitMs: number): Promise<unknown>
  startDaemon(logFile: string): void
  engineAnswers(): Promise<boolean>
}

/**
 * The engine's socket: DOCKER_HOST when it names a local one, else the default. `error` says what to do; whether the
 * engine answers and is fit is for `runtime.info()` to say.
 */
export function findEngine(environment: Readonly<Record<string, string | undefined>>): EngineChoice {
  const host = environment['DOCKER_HOST'] ?? ''
  if (host !== '' && !host.startsWith('unix://'))
    return {
      error: `DOCKER_HOST is ${host}, a remote engine: the agent must run on its engine's host. Run \`headway agent\` there, or unset DOCKER_HOST`,
      isAway: false,
    }
  const socketPath = host === '' ? DEFAULT_SOCKET : host.slice('unix://'.length) || DEFAULT_SOCKET
  if (!isSocket(socketPath))
    return {
      error: `there is no Docker Engine at ${socketPath}: install Docker (Debian and Ubuntu: \`apt-get install docker.io\`) and start it, or set DOCKER_HOST=unix:///path/to/docker.sock`,
      isAway: true,
    }
  return { socketPath }
}

function isSocket(file: string): boolean {
  try {
    return statSync(file).isSocket()
  } catch {
    return false
  }
}

/** Whether `installEngine` can work here: root on Debian or Ubuntu. */
export function canInstallEngine(): boolean {
  if (process.getuid?.() !== 0 || !existsSync('/etc/os-release')) return false
  return (
    /^ID(_LIKE)?=.*\b(debian|ubuntu)\b/m.test(readFileSync('/etc/os-release', 'utf8')) && existsSync('/usr/bin/apt-get')
  )
}

/**
 * Installs docker.io with what the pod network needs, switches live-restore on where there is no configuration yet, and
 * starts dockerd (by systemd when it runs this host, else detached). Calls `progress` with a line for each step; resolves
 * to the socket once the engine answers. Throws with the reason and what to do.
 */
export async function installEngine(
  progress: (line: string) => void,
  host: EngineHost = thisHost(),
): Promise<{ readonly socketPath: string }> {
  if (!host.canInstall)
    throw new Error(
      'install a Docker Engine: only root on Debian or Ubuntu can have it installed by Headway (run as root, or install Docker yourself)',
    )
  // Before the packages: installing them starts dockerd, which reads this once.
  if (!host.exists(DAEMON_CONFIGURATION)) {
    progress(`switching live-restore on in ${DAEMON_CONFIGURATION}`)
    host.write(DAEMON_CONFIGURATION, `${JSON.stringify({ 'live-restore': true }, null, 2)}\n`)
  }
  if (!DAEMON_PROGRAMS.some((program) => host.exists(program))) await installPackages(progress, host)
  await startEngine(progress, host)
  return { socketPath: DEFAULT_SOCKET }
}

function packagesFor(host: EngineHost): readonly string[] {
  const hasAppArmor = host.exists(APPARMOR_STATE) && host.read(APPARMOR_STATE).startsWith('Y')
  return hasAppArmor ? [...PACKAGES, APPARMOR_PACKAGE] : PACKAGES
}

async function installPackages(progress: (line: string) => void, host: EngineHost): Promise<void> {
  const packages = packagesFor(host)
  progress('apt-get update')
  // An index that cannot be fetched is no reason to stop: the packages may be there all the same.
  await host
    .run('apt-get', ['update', '-q'], INSTALL_LIMIT_MS)
    .catch((error: Error) => progress(`apt-get update failed: ${lastLine(error)}`))
  progress(`apt-get install ${packages.join(' ')}`)
  try {
    await host.run('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...packages], INSTALL_LIMIT_MS)
  } catch (error) {
    throw new Error(
      `install ${packages.join(', ')}: ${lastLine(error as Error)}; install Docker by hand and try again`,
      { cause: error },
    )
  }
}

async function startEngine(progress: (line: string) => void, host: EngineHost): Promise<void> {
  if (await host.engineAnswers()) return
  if (host.hasSystemd) {
    progress('systemctl enable --now docker')
    await host.run('systemctl', ['enable', '--now', 'docker'], START_LIMIT_MS).catch((error: Error) => {
      throw new Error(`start Docker: ${lastLine(error)}; see \`journalctl -u docker\``, { cause: error })
    })
  } else {
    progress(`starting dockerd (its output goes to ${DAEMON_LOG})`)
    host.startDaemon(DAEMON_LOG)
  }
  const end = Date.now() + START_LIMIT_MS
  while (!(await host.engineAnswers())) {
    if (Date.now() > end)
      throw new Error(
        `start Docker: no answer at ${DEFAULT_SOCKET} within ${START_LIMIT_MS / 1000} s; see ${DAEMON_LOG} or \`journalctl -u docker\``,
      )
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  progress('the Docker Engine answers')
}

/** The host this process runs on. */
function thisHost(): EngineHost {
  return {
    canInstall: canInstallEngine(),
    hasSystemd: existsSync('/run/systemd/system'),
    exists: existsSync,
    read: (file) => readFileSync(file, 'utf8'),
    write(file, text) {
      mkdirSync(path.dirname(file), { recursive: true })
      writeFileSync(file, text)
    },
    run: (command, args, limitMs) =>
      run(command, [...args], {
        timeout: limitMs,
        maxBuffer: 64 * 1024 * 1024,
        env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
      }),
    startDaemon(logFile) {
      const log = openSync(logFile, 'a')
      spawn('dockerd', [], { detached: true, stdio: ['ignore', log, log] }).unref()
    },
    engineAnswers: answers,
  }
}

async function answers(): Promise<boolean> {
  try {
    await openDockerRuntime({ log: () => undefined }).info()
    return true
  } catch {
    return false
  }
}

function lastLine(error: Error & { readonly stderr?: string }): string {
  const lines = (error.stderr || error.message).trim().split('\n')
  return lines.at(-1) ?? error.message
}
