/** What becomes of an error that nobody waits for: a line in the log, with its stack. */
export function onBackground(log: (line: string) => void): (error: unknown) => void {
  return (error) => log(error instanceof Error ? (error.stack ?? error.message) : String(error))
}
