/** An agent in little that has joined a real manager over TLS on loopback, and does at once what it is told. */
import { joinCluster } from '../../src/agents/link/join.js'
import type { ManagerLink } from '../../src/agents/link/link-port.js'
import { openManagerLink } from '../../src/agents/link/manager-link.js'
import type { Manager } from '../../src/manager/manager.js'
import { FastAgent } from './core/rig.js'

export interface LinkedAgent {
  readonly agent: FastAgent
  /** Hangs up and says nothing any more. */
  close(): void
}

/** Joins under the name and stays connected until it is closed. */
export async function linkAgent(manager: Manager, name: string): Promise<LinkedAgent> {
  const identity = await joinCluster(await manager.createToken(60_000), name)
  const agent = new FastAgent(name)
  const link: ManagerLink = openManagerLink(() => identity)
  link.start({
    opened: () => link.send(agent.hello()),
    closed: () => {},
    message: (message) => {
      const answer = agent.take(message)
      if (answer !== null) link.send(answer)
    },
  })
  return { agent, close: () => link.close() }
}
