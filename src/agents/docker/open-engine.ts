/**
 * Finds the Docker Engine that `headway up` and the agent use, and installs one where that can be done: as root on
 * Debian or Ubuntu.
 */
import { execFile, spawn } from 'node:child_process'
import { existsSync, mkdirSync, openSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { promisify } from 'node:util'
import { DEFAULT_SOCKET, openDockerRuntime } from './docker-runtime.js'

const run = promisify(execFile)

const PACKAGES = ['docker.io', 'iptables', 'iproute2']
const DAEMON_CONFIGURATION = '/etc/docker/daemon.json'
const DAEMON_LOG = '/var/log/headway-dockerd.log'
const INSTALL_LIMIT_MS = 600_000
const START_LIMIT_MS = 60_000

export type EngineChoice = { readonly socketPath: string } | { readonly error: string }

/**
 * The engine's socket: DOCKER_HOST when it names a local one, else the default. `error` says what to do; whether the
 * engine answers and is fit is for `runtime.info()` to say.
 */
export function findEngine(environment: Readonly<Record<string, string | undefined>>): EngineChoice {
  const host = environment['DOCKER_HOST'] ?? ''
  if (host !== '' && !host.startsWith('unix://'))
    return {
      error: `DOCKER_HOST is ${host}, a remote engine: the agent must run on its engine's host. Run \`headway agent\` there, or unset DOCKER_HOST`,
    }
  const socketPath = host === '' ? DEFAULT_SOCKET : host.slice('unix://'.length) || DEFAULT_SOCKET
  if (!isSocket(socketPath))
    return {
      error: `there is no Docker Engine at ${socketPath}: install Docker (Debian and Ubuntu: \`apt-get install docker.io\`) and start it, or set DOCKER_HOST=unix:///path/to/docker.sock`,
    }
  return { socketPath }
}

function isSocket(path: string): boolean {
  try {
    return statSync(path).isSocket()
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
export async function installEngine(progress: (line: string) => void): Promise<{ readonly socketPath: string }> {
  if (!canInstallEngine())
    throw new Error(
      'install a Docker Engine: only root on Debian or Ubuntu can have it installed by Headway (run as root, or install Docker yourself)',
    )
  if (!existsSync('/usr/sbin/dockerd') && !existsSync('/usr/bin/dockerd')) await installPackages(progress)
  if (!existsSync(DAEMON_CONFIGURATION)) {
    progress(`switching live-restore on in ${DAEMON_CONFIGURATION}`)
    mkdirSync('/etc/docker', { recursive: true })
    writeFileSync(DAEMON_CONFIGURATION, `${JSON.stringify({ 'live-restore': true }, null, 2)}\n`)
  }
  await startEngine(progress)
  return { socketPath: DEFAULT_SOCKET }
}

async function installPackages(progress: (line: string) => void): Promise<void> {
  const options = {
    timeout: INSTALL_LIMIT_MS,
    maxBuffer: 64 * 1024 * 1024,
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  }
  progress('apt-get update')
  // An index that cannot be fetched is no reason to stop: the packages may be there all the same.
  await run('apt-get', ['update', '-q'], options).catch((error: Error) =>
    progress(`apt-get update failed: ${lastLine(error)}`),
  )
  progress(`apt-get install ${PACKAGES.join(' ')}`)
  try {
    await run('apt-get', ['install', '-y', '-q', '--no-install-recommends', ...PACKAGES], options)
  } catch (error) {
    throw new Error(
      `install ${PACKAGES.join(', ')}: ${lastLine(error as Error)}; install Docker by hand and try again`,
      { cause: error },
    )
  }
}

async function startEngine(progress: (line: string) => void): Promise<void> {
  if (await answers()) return
  if (existsSync('/run/systemd/system')) {
    progress('systemctl enable --now docker')
    await run('systemctl', ['enable', '--now', 'docker'], { timeout: START_LIMIT_MS }).catch((error: Error) => {
      throw new Error(`start Docker: ${lastLine(error)}; see \`journalctl -u docker\``, { cause: error })
    })
  } else {
    progress(`starting dockerd (its output goes to ${DAEMON_LOG})`)
    const log = openSync(DAEMON_LOG, 'a')
    spawn('dockerd', [], { detached: true, stdio: ['ignore', log, log] }).unref()
  }
  const end = Date.now() + START_LIMIT_MS
  while (!(await answers())) {
    if (Date.now() > end)
      throw new Error(
        `start Docker: no answer at ${DEFAULT_SOCKET} within ${START_LIMIT_MS / 1000} s; see ${DAEMON_LOG} or \`journalctl -u docker\``,
      )
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
  progress('the Docker Engine answers')
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
