/** What every command takes, and the parsing of single option values: a bad one is wrong usage (exit code 2). */
import { isIP } from 'node:net'
import { InvalidArgumentError, Option } from 'commander'
import { formatDuration } from '../base/instant.js'
import { checkSubdomain, LABEL_MAX } from '../model/validate/names.js'
import type { Context } from './context.js'
import { parseDuration } from './output/format.js'
import { findStateDirectory, type StatePaths, statePaths } from './state-directory.js'

export interface CommonOptions {
  readonly dir?: string
  readonly output: 'text' | 'json'
}

/** The paths of the state directory the options name. */
export function pathsOf(context: Context, options: CommonOptions): StatePaths {
  return statePaths(findStateDirectory(context, options.dir))
}

/** `60s`, `2m`, `1h30m`: milliseconds. */
export function durationOption(text: string): number {
  const ms = parseDuration(text)
  if (ms === null) throw new InvalidArgumentError('write a length of time such as 60s, 2m or 1h30m.')
  return ms
}

/** An option that takes a length of time; help prints its default as a person writes it. */
export function timeOption(flags: string, description: string, defaultMs: number): Option {
  return new Option(flags, description).argParser(durationOption).default(defaultMs, formatDuration(defaultMs))
}

/** A TCP port, 1 to 65535. */
export function portOption(text: string): number {
  const port = Number(text)
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535)
    throw new InvalidArgumentError('write a port number from 1 to 65535.')
  return port
}

/** An address of a host, as agents and routes need it: a name may mean another host tomorrow. */
export function addressOption(text: string): string {
  if (isIP(text) === 0) throw new InvalidArgumentError('write an IP address of this host, such as 10.0.0.5.')
  return text
}

/** The name of a node: a DNS name of at most 63 letters, because it is a label's value too. */
export function nodeNameOption(text: string): string {
  if (checkSubdomain(text) !== null || text.length > LABEL_MAX)
    throw new InvalidArgumentError('write a DNS name of at most 63 small letters, digits, - and ., such as host-2.')
  return text
}

/** The name of a branch, with none of what git refuses in one (git-check-ref-format). */
export function branchOption(text: string): string {
  if (!/^(?![-/.])[^\s~^:?*[\\]+(?<![/.])$/.test(text) || /\.\.|\/\/|@\{/.test(text))
    throw new InvalidArgumentError('write the name of a branch, such as main.')
  return text
}

/** A folder inside a repository; empty for all of it. */
export function repositoryFolderOption(text: string): string {
  if (text.startsWith('/') || text.split('/').includes('..'))
    throw new InvalidArgumentError('write a folder inside the repository, such as clusters/one.')
  return text
}

/** A whole number, 0 or more. */
export function countOption(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('write a whole number, 0 or more.')
  return Number(text)
}
