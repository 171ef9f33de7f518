/** Docker hosts of their own on this machine (lab/nodes.sh): each with network, processes and engine apart from the rest. */
import path from 'node:path'
import { must, type RunOptions, type RunResult, run } from './headway.js'

const script = path.join(process.cwd(), 'test', 'e2e', 'lab', 'nodes.sh')

export interface Lab {
  address(node: number): string
  /** The options of the docker CLI that name the node's engine. */
  docker(node: number): readonly string[]
  run(node: number, command: string, args: readonly string[], options?: RunOptions): Promise<RunResult>
  /** `cut`, `heal`, `kill`, `start`, `stopd`, `startd`. */
  do(action: string, node: number, ...args: readonly string[]): Promise<void>
  close(): Promise<void>
}

/** Starts `count` hosts; their names and network meet no other lab's. */
export async function startLab(count: number): Promise<Lab> {
  const number = 20 + (process.pid % 200)
  const env = { LAB: `/tmp/hwlab${process.pid}`, LAB_NAME: `hwe${number}`, LAB_NET: `10.97.${number}` }
  const nodes = (args: readonly string[], timeoutMs = 60_000): Promise<string> => must(script, args, { env, timeoutMs })
  await nodes(['up', String(count)], 90_000)
  return {
    address: (node) => `${env.LAB_NET}.${10 + node}`,
    docker: (node) => ['--host', `unix://${env.LAB}/n${node}/docker.sock`],
    run: (node, command, args, options = {}) =>
      run(script, ['exec', String(node), '--', command, ...args], { ...options, env: { ...options.env, ...env } }),
    do: async (action, node, ...args) => void (await nodes([action, String(node), ...args])),
    close: async () => void (await nodes(['down'])),
  }
}
