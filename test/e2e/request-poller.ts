/** A client that asks a server again and again, each time on a new connection, and counts what went wrong. */
import http from 'node:http'

export interface PollerCounts {
  readonly answers: number
  /** What failed, with the time since the start. */
  readonly failures: readonly string[]
  /** Bodies that were answered, with how often. */
  readonly bodies: ReadonlyMap<string, number>
}

export interface RequestPoller {
  counts(): PollerCounts
  /** Ends it after the request under way. */
  stop(): Promise<PollerCounts>
}

const REQUEST_LIMIT_MS = 5_000

/** Those that run: a test that fails in the middle leaves its own behind. */
const running = new Set<RequestPoller>()

/** Ends what failed tests have left; for `after` hooks. */
export async function stopPollers(): Promise<void> {
  await Promise.all([...running].map((poller) => poller.stop()))
}

/** Starts to ask `url`, `parallel` requests at a time. */
export function startPoller(url: string, parallel = 4): RequestPoller {
  const started = Date.now()
  const bodies = new Map<string, number>()
  const failures: string[] = []
  let answers = 0
  let isStopping = false
  const loop = async (): Promise<void> => {
    while (!isStopping) {
      try {
        const body = await fetchText(url)
        answers += 1
        bodies.set(body, (bodies.get(body) ?? 0) + 1)
      } catch (error) {
        failures.push(`${Date.now() - started} ms: ${error instanceof Error ? error.message : String(error)}`)
      }
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }
  const loops = Array.from({ length: parallel }, loop)
  const counts = (): PollerCounts => ({ answers, failures: [...failures], bodies: new Map(bodies) })
  const poller: RequestPoller = {
    counts,
    async stop() {
      isStopping = true
      await Promise.all(loops)
      running.delete(poller)
      return counts()
    },
  }
  running.add(poller)
  return poller
}

/** The body of one answer with status 200. */
export function fetchText(url: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const request = http.get(url, { agent: false, timeout: REQUEST_LIMIT_MS }, (answer) => {
      const chunks: Buffer[] = []
      answer.on('data', (chunk: Buffer) => chunks.push(chunk))
      answer.on('error', reject)
      answer.on('end', () => {
        if (answer.statusCode === 200) resolve(Buffer.concat(chunks).toString('utf8').trim())
        else reject(new Error(`status ${answer.statusCode}`))
      })
    })
    request.on('timeout', () => request.destroy(new Error(`no answer within ${REQUEST_LIMIT_MS} ms`)))
    request.on('error', reject)
  })
}
