/**
 * What makes pods of all nodes one network: routes to the other nodes' subnets, leave to pass the host's firewall, and
 * masquerading of what leaves the cluster. The bridge itself is an engine network that the agent makes. Everything
 * carries the cluster's id (chains) or lies in its address range (routes), so that two clusters on one host are apart.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { hash32 } from '../base/hash.js'
import type { NetworkTable, NodeRoute } from '../model/assignment.js'
import { HostCommandError, runHostCommand } from './host-command.js'

const IP_FORWARD = '/proc/sys/net/ipv4/ip_forward'
/** Numbers of routing protocols nobody uses; one of them, by the cluster's id, marks our routes. */
const PROTOCOL_FIRST = 200
const PROTOCOLS = 50
/** Firewall tools may throw all rules away; ours are looked after so often. */
const VERIFY_MS = 60_000

export interface PodNetworkOptions {
  readonly clusterTag: string
  readonly bridge: string
  readonly log: (line: string) => void
}

interface PodNetworkRules {
  readonly podCidr: string
  readonly serviceCidr: string
  readonly podSubnet: string
  /** Addresses of the other nodes: their proxies reach pods under these. */
  readonly nodes: readonly string[]
}

interface ListedRoute {
  readonly dst?: string
  readonly gateway?: string
}

export class PodNetwork {
  readonly #protocol: string
  readonly #forwardChain: string
  readonly #inputChain: string
  readonly #masqueradeChain: string
  /** What the rules were last made for; null before the first time and after a failure. */
  #rulesFor: string | null = null
  #rules: PodNetworkRules | null = null
  /** Routes as they were last made, as text. */
  #routesFor: string | null = null
  #verify: NodeJS.Timeout | null = null

  constructor(private readonly options: PodNetworkOptions) {
    this.#protocol = String(PROTOCOL_FIRST + (hash32(options.clusterTag) % PROTOCOLS))
    this.#forwardChain = `HEADWAY-FWD-${options.clusterTag}`
    this.#inputChain = `HEADWAY-IN-${options.clusterTag}`
    this.#masqueradeChain = `HEADWAY-MASQ-${options.clusterTag}`
  }

  /** Obeys the table; tells what could not be done. What has not changed costs nothing. */
  async apply(table: NetworkTable, podSubnet: string): Promise<readonly string[]> {
    const problems: string[] = []
    if (podSubnet === '') return problems
    try {
      const others = otherNodes(table, podSubnet)
      const { podCidr, serviceCidr } = table
      await this.#applyRules({ podCidr, serviceCidr, podSubnet, nodes: others.map((route) => route.address) })
    } catch (error) {
      this.#rulesFor = null
      problems.push(`pod network: ${hostProblem(error)}`)
    }
    problems.push(...(await this.#applyRoutes(table, podSubnet)))
    return problems
  }

  /** Stops looking after the rules; they stay. */
  stop(): void {
    if (this.#verify !== null) clearInterval(this.#verify)
    this.#verify = null
  }

  /** Takes routes, rules and chains away again; tells what could not be. */
  async remove(): Promise<readonly string[]> {
    this.stop()
    try {
      return [...(await this.#removeRoutes()), ...(await this.#removeRules())]
    } catch (error) {
      return [`take the pod network away: ${hostProblem(error)}`]
    } finally {
      this.#rulesFor = null
      this.#routesFor = null
    }
  }

  /** The address range is asked of the rules, so that an agent that has just begun can clear up too. */
  async #removeRoutes(): Promise<readonly string[]> {
    const rules = await iptables('filter', ['-S', this.#forwardChain]).catch(() => '')
    const podCidr = this.#rules?.podCidr ?? / -d (\S+) /.exec(rules)?.[1]
    if (podCidr === undefined) return []
    const problems: string[] = []
    for (const [subnet, gateway] of await this.#presentRoutes(podCidr))
      problems.push(...(await this.#removeRoute(subnet, gateway)))
    return problems
  }

  async #removeRules(): Promise<readonly string[]> {
    for (const [table, parent, chain] of [
      ['filter', 'DOCKER-USER', this.#forwardChain],
      ['filter', 'FORWARD', this.#forwardChain],
      ['filter', 'INPUT', this.#inputChain],
      ['nat', 'POSTROUTING', this.#masqueradeChain],
    ] as const)
      while (await this.#hasJump(table, parent, chain)) await iptables(table, ['-D', parent, '-j', chain])
    const problems: string[] = []
    for (const [table, chain] of [
      ['filter', this.#forwardChain],
      ['filter', this.#inputChain],
      ['nat', this.#masqueradeChain],
    ] as const) {
      if (!(await succeeds(iptables(table, ['-F', chain])))) continue
      problems.push(...(await this.#try(['iptables', '-w', '10', '-t', table, '-X', chain])))
    }
    return problems
  }

  #removeRoute(subnet: string, gateway: string): Promise<readonly string[]> {
    return this.#try(['ip', 'route', 'del', subnet, 'via', gateway, 'proto', this.#protocol])
  }

  async #applyRules(rules: PodNetworkRules): Promise<void> {
    const rulesFor = JSON.stringify(rules)
    if (this.#rulesFor === rulesFor) return
    this.#rules = rules
    if (readFileSync(IP_FORWARD, 'utf8').trim() !== '1') writeFileSync(IP_FORWARD, '1')
    await this.#writeRules()
    this.#rulesFor = rulesFor
    this.#verify ??= setInterval(() => void this.#verifyRules(), VERIFY_MS)
    this.#verify.unref()
  }

  /** Each chain is replaced in one step; the jumps into them are added where they are missing. */
  async #writeRules(): Promise<void> {
    if (this.#rules === null) return
    const { podCidr, serviceCidr, podSubnet, nodes } = this.#rules
    const { bridge } = this.options
    const text = [
      '*filter',
      `:${this.#forwardChain} - [0:0]`,
      `-A ${this.#forwardChain} -s ${podCidr} -d ${podCidr} -j ACCEPT`,
      `:${this.#inputChain} - [0:0]`,
      // Pods reach Services on this host itself, whatever its firewall says of strangers.
      `-A ${this.#inputChain} -i ${bridge} -d ${serviceCidr} -j ACCEPT`,
      ...nodes.map((node) => `-A ${this.#forwardChain} -s ${node}/32 -d ${podSubnet} -j ACCEPT`),
      'COMMIT',
      '*nat',
      `:${this.#masqueradeChain} - [0:0]`,
      `-A ${this.#masqueradeChain} -s ${podSubnet} -d ${podCidr} -j RETURN`,
      `-A ${this.#masqueradeChain} -s ${podSubnet} ! -o ${bridge} -j MASQUERADE`,
      // This host itself (its proxy) speaks to other nodes' pods as its bridge's address, which their firewalls let pass.
      `-A ${this.#masqueradeChain} ! -s ${podCidr} -d ${podCidr} ! -o ${bridge} -j SNAT --to-source ${gatewayOf(podSubnet)}`,
      'COMMIT',
      '',
    ].join('\n')
    await runHostCommand('iptables-restore', ['-w', '10', '--noflush'], text)
    // Docker keeps this chain for its users and looks into it first; without Docker's firewall there is none.
    const parent = (await succeeds(iptables('filter', ['-S', 'DOCKER-USER']))) ? 'DOCKER-USER' : 'FORWARD'
    await this.#jump('filter', parent, this.#forwardChain)
    await this.#jump('filter', 'INPUT', this.#inputChain)
    await this.#jump('nat', 'POSTROUTING', this.#masqueradeChain)
  }

  async #jump(table: string, parent: string, chain: string): Promise<void> {
    if (!(await this.#hasJump(table, parent, chain))) await iptables(table, ['-I', parent, '-j', chain])
  }

  async #verifyRules(): Promise<void> {
    try {
      const isThere =
        (await this.#hasJump('nat', 'POSTROUTING', this.#masqueradeChain)) &&
        (await this.#hasJump('filter', 'INPUT', this.#inputChain)) &&
        ((await this.#hasJump('filter', 'DOCKER-USER', this.#forwardChain)) ||
          (await this.#hasJump('filter', 'FORWARD', this.#forwardChain)))
      if (isThere) return
      this.options.log('firewall rules of the pod network were gone; making them again')
      await this.#writeRules()
    } catch (error) {
      this.options.log(`look after the pod network's firewall rules: ${hostProblem(error)}`)
    }
  }

  #hasJump(table: string, parent: string, chain: string): Promise<boolean> {
    return succeeds(iptables(table, ['-C', parent, '-j', chain]))
  }

  async #applyRoutes(table: NetworkTable, podSubnet: string): Promise<readonly string[]> {
    const wanted = new Map<string, string>()
    for (const route of otherNodes(table, podSubnet))
      if (route.podSubnet !== '') wanted.set(route.podSubnet, route.address)
    const routesFor = [...wanted].map(([subnet, gateway]) => `${subnet} ${gateway}`).join('\n')
    if (this.#routesFor === routesFor) return []
    const problems: string[] = []
    const present = await this.#presentRoutes(table.podCidr)
    for (const [subnet, gateway] of present)
      if (wanted.get(subnet) !== gateway) problems.push(...(await this.#removeRoute(subnet, gateway)))
    for (const [subnet, gateway] of wanted) {
      if (present.get(subnet) === gateway) continue
      // Never `replace`: it would take the route of another cluster, of a bridge or of the host's own network.
      problems.push(...(await this.#try(['ip', 'route', 'add', subnet, 'via', gateway, 'proto', this.#protocol])))
    }
    this.#routesFor = problems.length === 0 ? routesFor : null
    return problems
  }

  /** Our routes, subnet to gateway; a host where they cannot be asked for has none. */
  async #presentRoutes(podCidr: string): Promise<Map<string, string>> {
    try {
      const output = await runHostCommand('ip', ['-json', '-4', 'route', 'show', 'proto', this.#protocol])
      const routes = JSON.parse(output || '[]') as readonly ListedRoute[]
      const ours = new Map<string, string>()
      for (const { dst, gateway } of routes)
        if (dst !== undefined && gateway !== undefined && isWithin(dst, podCidr)) ours.set(dst, gateway)
      return ours
    } catch {
      return new Map()
    }
  }

  async #try([command = '', ...args]: readonly string[]): Promise<readonly string[]> {
    try {
      await runHostCommand(command, args)
      return []
    } catch (error) {
      const why = hostProblem(error)
      return [`pod network: ${why}${whatToDo(why)}`]
    }
  }
}

function iptables(table: string, args: readonly string[]): Promise<string> {
  return runHostCommand('iptables', ['-w', '10', '-t', table, ...args])
}

async function succeeds(command: Promise<string>): Promise<boolean> {
  try {
    await command
    return true
  } catch (error) {
    if (error instanceof HostCommandError && /not installed|run the agent as root/.test(error.message)) throw error
    return false
  }
}

/**
 * Without this host itself. Its row may name another subnet than its assignment does, while the one of the two that
 * changed has come and the other has not; its address tells it all the same.
 */
function otherNodes(table: NetworkTable, podSubnet: string): readonly NodeRoute[] {
  const own = new Set(Object.values(networkInterfaces()).flatMap((list) => (list ?? []).map(({ address }) => address)))
  return [...table.routes.values()].filter(
    (route) => route.podSubnet !== podSubnet && route.address !== '' && !own.has(route.address),
  )
}

function whatToDo(why: string): string {
  if (/invalid gateway|network is unreachable/i.test(why))
    return ' (hosts must be neighbours in one network, without a router between them)'
  if (/file exists/i.test(why))
    return ' (something else on this host uses these addresses, see "ip route": choose another podCIDR for the cluster)'
  return ''
}

function hostProblem(error: unknown): string {
  if (error instanceof HostCommandError) return error.message
  const { code, message } = error as NodeJS.ErrnoException
  return code === 'EACCES' || code === 'EPERM' || code === 'EROFS' ? `${message} (run the agent as root)` : message
}

/** The bridge's own address: the first of the node's subnet. */
export function gatewayOf(podSubnet: string): string {
  const [address] = parseSubnet(podSubnet)
  return [24, 16, 8, 0].map((shift) => Math.floor((address + 1) / 2 ** shift) % 256).join('.')
}

/** Whether an IPv4 subnet (or address) lies in another. */
export function isWithin(subnet: string, range: string): boolean {
  const [address, bits] = parseSubnet(subnet)
  const [base, rangeBits] = parseSubnet(range)
  const shift = 32 - rangeBits
  return bits >= rangeBits && Math.floor(address / 2 ** shift) === Math.floor(base / 2 ** shift)
}

function parseSubnet(text: string): readonly [number, number] {
  const [address = '', bits = '32'] = text.split('/')
  return [address.split('.').reduce((sum, part) => sum * 256 + Number(part), 0), Number(bits)]
}
