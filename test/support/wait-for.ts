/** Waiting for a condition of the real world, with a limit. Pure code and simulations advance a clock instead. */

/** Asks `probe` until it gives something other than undefined or false; throws with `what` after `limitMs`. */
export async function waitFor<T>(
  what: string,
  limitMs: number,
  probe: () => Promise<T | undefined | false> | T | undefined | false,
): Promise<T> {
  const end = Date.now() + limitMs
  let lastError: unknown
  for (;;) {
    try {
      const value = await probe()
      if (value !== undefined && value !== false) return value
      lastError = undefined
    } catch (error) {
      lastError = error
    }
    if (Date.now() > end) throw new Error(`waited ${limitMs} ms for ${what}`, { cause: lastError })
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
}
