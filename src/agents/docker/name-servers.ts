/**
 * Which name servers a pod gets that the engine does not put on its network. The engine copies the host's, but not
 * those on loopback addresses, which mean the pod itself there; on its own networks it asks them in the pod's stead.
 */
import { createSocket } from 'node:dgram'
import { readFile } from 'node:fs/promises'

/** Loopback answers within a millisecond that nobody listens. */
const REFUSAL_LIMIT_MS = 200
const DNS_PORT = 53
/** systemd's own: the engine takes the file of the servers behind it. */
const STUB = '127.0.0.53'

/**
 * Null: leave it to the engine. A list: name these, since the engine would invent some of its own; nobody listens there,
 * so names fail at once as they do on the host. `unreachable`: one that answers, and that pods cannot reach by themselves.
 */
export type NameServers = readonly string[] | null | { readonly unreachable: string }

/** Judges by the text of the host's resolv.conf; `listens` asks an address. */
export async function chooseNameServers(
  text: string,
  listens: (address: string) => Promise<boolean>,
): Promise<NameServers> {
  const servers = [...text.matchAll(/^\s*nameserver\s+(\S+)/gm)].map(([, server = '']) => server)
  const isLoopback = (server: string): boolean => server.startsWith('127.') || server === '::1'
  if (servers.length === 0 || servers.some((server) => !isLoopback(server))) return null
  if (servers.every((server) => server === STUB)) return null
  for (const server of servers) if (await listens(server)) return { unreachable: server }
  return servers
}

/** Those of this host. */
export async function readNameServers(): Promise<NameServers> {
  const text = await readFile('/etc/resolv.conf', 'utf8').catch(() => '')
  return chooseNameServers(text, isListening)
}

/** Whether anything takes datagrams at an address of this host, port 53: silence is taken for yes. */
function isListening(address: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createSocket(address.includes(':') ? 'udp6' : 'udp4')
    const done = (listens: boolean): void => {
      clearTimeout(timer)
      socket.close()
      resolve(listens)
    }
    const timer = setTimeout(() => done(true), REFUSAL_LIMIT_MS)
    socket.once('error', () => done(false))
    socket.once('message', () => done(true))
    // A question for the root's servers: 17 bytes that any name server answers.
    const question = Uint8Array.from([0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 1])
    socket.connect(DNS_PORT, address, () => socket.send(question, (error) => error && done(false)))
  })
}
