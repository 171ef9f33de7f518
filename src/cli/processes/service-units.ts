/**
 * systemd units for manager and agent, so that a reboot brings both back. The text is a value of the arguments; writing
 * and enabling it is `installUnit`.
 */
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { CliError, EXIT_UNREACHABLE, EXIT_USAGE } from '../cli-error.js'
import { nodeOptions } from './node-options.js'

export interface UnitInput {
  readonly role: 'manager' | 'agent'
  readonly nodePath: string
  readonly mainFile: string
  /** Arguments of the CLI. */
  readonly args: readonly string[]
  readonly environment: Readonly<Record<string, string>>
}

const UNIT_FOLDER = '/etc/systemd/system'

/** The unit's file name. */
export function unitName(role: 'manager' | 'agent'): string {
  return `headway-${role}.service`
}

/** The text of the unit. Ending it leaves containers alone: only the process itself is stopped. */
export function renderUnit(input: UnitInput): string {
  const command = [input.nodePath, ...nodeOptions(input.role), input.mainFile, ...input.args].map(quoteWord).join(' ')
  const environment = Object.entries(input.environment).map(
    ([name, value]) => `Environment=${quoteWord(`${name}=${value}`)}`,
  )
  return [
    '[Unit]',
    `Description=Headway ${input.role}`,
    'After=network-online.target docker.service',
    'Wants=network-online.target',
    // However often it ends, it is started again: systemd would give up after five times in ten seconds.
    'StartLimitIntervalSec=0',
    '',
    '[Service]',
    'Type=simple',
    ...environment,
    `ExecStart=${command}`,
    // The manager ends well only when it is told to; begun again after "down --prune" it would make everything anew.
    `Restart=${input.role === 'manager' ? 'on-failure' : 'always'}`,
    'RestartSec=1',
    'KillMode=process',
    'TimeoutStopSec=15',
    'LimitNOFILE=1048576',
    '',
    '[Install]',
    'WantedBy=multi-user.target',
    '',
  ].join('\n')
}

/** A word as systemd reads it: quoted where it holds blanks, quotes or backslashes; `%` and `$` doubled. */
function quoteWord(word: string): string {
  const text = word.replaceAll('%', '%%').replaceAll('$', '$$$$')
  if (/^[A-Za-z0-9_\-./=:@%$,+]+$/.test(text)) return text
  return `"${text.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}

/** Why units cannot be installed here; null when they can. */
export function unitObstacle(): string | null {
  if (process.getuid?.() !== 0) return '--service needs root: run the command with sudo'
  if (!existsSync('/run/systemd/system'))
    return '--service needs systemd, which does not run on this machine: leave --service out, or start "headway up --detach" from what starts your services'
  return null
}

/** Writes the unit, then enables and starts it. Error 2 where there is no systemd or no root. */
export function installUnit(input: UnitInput): void {
  const obstacle = unitObstacle()
  if (obstacle !== null) throw new CliError(EXIT_USAGE, obstacle)
  writeFileSync(path.join(UNIT_FOLDER, unitName(input.role)), renderUnit(input), { mode: 0o644 })
  systemctl('daemon-reload')
  systemctl('enable', unitName(input.role))
  systemctl('restart', unitName(input.role))
}

/** True when this unit's text runs what lives in the state directory. */
export function servesDirectory(unit: string, directory: string): boolean {
  return ` ${unit.split('\n').find((line) => line.startsWith('ExecStart=')) ?? ''} `.includes(
    ` --dir ${quoteWord(directory)} `,
  )
}

/** Stops and removes the unit; nothing happens when it is not there, or serves another state directory. */
export function removeUnit(role: 'manager' | 'agent', directory: string): void {
  const file = path.join(UNIT_FOLDER, unitName(role))
  if (!existsSync(file) || !servesDirectory(readFileSync(file, 'utf8'), directory)) return
  systemctl('disable', '--now', unitName(role))
  rmSync(file, { force: true })
  systemctl('daemon-reload')
}

function systemctl(...args: readonly string[]): void {
  const result = spawnSync('systemctl', [...args], { encoding: 'utf8', timeout: 60_000 })
  if (result.status === 0) return
  const reason = result.error?.message ?? result.stderr.trim()
  throw new CliError(EXIT_UNREACHABLE, `systemctl ${args.join(' ')}: ${reason}: "systemctl status" says more`)
}
