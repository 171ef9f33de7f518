#!/usr/bin/env node
/** The entry of the `headway` command. */
import { processContext } from './context.js'
import { runCli } from './run-cli.js'

// A reader that goes away (`headway logs | head`) ends the program quietly.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(0)
  throw error
})

// What a failed start left open must not keep the process: pipes and files are written by now on Linux.
process.exit(await runCli(process.argv.slice(2), processContext()))
