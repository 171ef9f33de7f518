/**
 * NodePorts: cases after kubernetes/kubernetes v1.36, pkg/scheduler/framework/plugins/nodeports/node_ports_test.go
 * (Apache-2.0). Ports are written `UDP/127.0.0.1/8080`.
 */
import type { Container } from '../../../../src/model/generated/kubernetes.js'
import type { CasePod } from '../case-world.js'
import type { FilterCase } from './filter-case.js'

function containerOf(ports: readonly string[]): Container {
  return {
    name: 'c',
    ports: ports.map((text) => {
      const [protocol, hostIP, port] = text.split('/') as [string, string, string]
      return { protocol, hostIP, hostPort: Number(port), containerPort: Number(port) }
    }),
  }
}

function opening(...ports: readonly string[]): CasePod {
  return { containers: [containerOf(ports)] }
}

function on(name: string, taken: readonly string[], pod: CasePod, isFree: boolean): FilterCase {
  return {
    name,
    nodes: { n: {} },
    present: { n: [opening(...taken)] },
    pod,
    outcome: isFree ? '+' : '-',
    ...(!isFree && { reasons: ["node(s) didn't have free ports for the requested pod ports"] }),
  }
}

const FREE = true
const TAKEN = false
const FOUR = ['TCP/127.0.0.1/80', 'TCP/127.0.1.1/80', 'TCP/127.0.1.1/90', 'TCP/127.0.1.1/100']
const ALL = ['TCP/0.0.0.0/8001']
const inInit = (restartPolicy: object): CasePod => ({
  initContainers: [{ ...containerOf(ALL), ...restartPolicy }],
  containers: [{ name: 'c' }],
})

export const nodePortsCases: readonly FilterCase[] = [
  on('no port asked for', ALL, {}, FREE),
  on('another port', ['UDP/127.0.0.1/9090'], opening('UDP/127.0.0.1/8080'), FREE),
  on('the same UDP port', ['UDP/127.0.0.1/8080'], opening('UDP/127.0.0.1/8080'), TAKEN),
  on('the same TCP port', ['TCP/127.0.0.1/8080'], opening('TCP/127.0.0.1/8080'), TAKEN),
  on('another address', ['TCP/127.0.0.2/8080'], opening('TCP/127.0.0.1/8080'), FREE),
  on('another protocol', ['TCP/127.0.0.1/8080'], opening('UDP/127.0.0.1/8080'), FREE),
  on('the second of two ports', ['UDP/127.0.0.1/8080'], opening('UDP/127.0.0.1/8000', 'UDP/127.0.0.1/8080'), TAKEN),
  on(
    'the first of two ports',
    ['TCP/127.0.0.1/8001', 'UDP/127.0.0.1/8081'],
    opening('TCP/127.0.0.1/8001', 'UDP/127.0.0.1/8080'),
    TAKEN,
  ),
  on('all addresses asked for', ['TCP/127.0.0.1/8001'], opening('TCP/0.0.0.0/8001'), TAKEN),
  on('all addresses beside one', ['TCP/127.0.0.1/8001'], opening('TCP/10.0.10.10/8001', 'TCP/0.0.0.0/8001'), TAKEN),
  on('all addresses taken', ALL, opening('TCP/127.0.0.1/8001'), TAKEN),
  on('all addresses taken, by another protocol', ALL, opening('UDP/127.0.0.1/8001'), FREE),
  on(
    'all addresses taken, by both protocols',
    ['TCP/0.0.0.0/8001', 'UDP/0.0.0.0/8001'],
    opening('UDP/127.0.0.1/8001'),
    TAKEN,
  ),
  on('a port of an init container that ends', ALL, inInit({}), FREE),
  on('a port of a sidecar', ALL, inInit({ restartPolicy: 'Always' }), TAKEN),
  on('an address left out is all', ['TCP/127.0.0.1/80'], opening('TCP//80'), TAKEN),
  on(
    'several ports, none taken',
    ['TCP/127.0.0.1/9090', 'TCP/127.0.0.1/9191', 'TCP/127.0.1.1/8080'],
    opening(...FOUR),
    FREE,
  ),
  on(
    'several ports, one taken',
    ['TCP/127.0.0.1/9090', 'TCP/127.0.1.1/90', 'TCP/127.0.1.1/8080'],
    opening(...FOUR),
    TAKEN,
  ),
]
