/** `headway snapshot`: the live state in a file, without secret values, for previews on any machine and for bug reports. */
import { chmodSync, renameSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { openAdminClient } from '../admin-client.js'
import { CliError, EXIT_DONE, EXIT_UNREACHABLE, EXIT_USAGE, type ExitCode, messageOf } from '../cli-error.js'
import type { Context } from '../context.js'
import { formatBytes } from '../output/format.js'
import { findStateDirectory, statePaths } from '../state-directory.js'

export interface SnapshotOptions {
  readonly dir?: string
  /** The file, or `-` for standard output. */
  readonly output: string
}

export async function runSnapshot(context: Context, options: SnapshotOptions): Promise<ExitCode> {
  const text = await openAdminClient(statePaths(findStateDirectory(context, options.dir))).snapshot()
  // A manager that dies in the middle ends the answer early.
  if (!text.trimEnd().endsWith('{"end":true}')) {
    throw new CliError(EXIT_UNREACHABLE, 'the manager broke off while it sent the snapshot: try again')
  }
  if (options.output === '-') {
    context.out(text)
    return EXIT_DONE
  }
  const file = path.resolve(context.cwd, options.output)
  writeOwnersFile(file, text)
  context.out(`${file}: ${formatBytes(Buffer.byteLength(text))}B, no secret values; headway plan --snapshot reads it\n`)
  return EXIT_DONE
}

/** By rename, so that a file of that name is whole or the old one. */
function writeOwnersFile(file: string, text: string): void {
  const next = `${file}.next`
  try {
    writeFileSync(next, text, { mode: 0o600 })
    chmodSync(next, 0o600)
    renameSync(next, file)
  } catch (error) {
    throw new CliError(EXIT_USAGE, `write ${file}: ${messageOf(error)}: name another file`, { cause: error })
  }
}
