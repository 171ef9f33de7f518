/** The cluster's own configuration, kind ClusterConfiguration of headway.dev/v1 in the cluster repository; one, named `cluster`. */

export interface ClusterConfiguration {
  /** Pod addresses of all nodes, cut into one subnet a node. */
  readonly podCidr: string
  /** Prefix length of a node's subnet. */
  readonly nodePrefixLength: number
  /** Virtual addresses of Services. */
  readonly serviceCidr: string
  readonly nodePortRange: { readonly first: number; readonly last: number }
  /** Silence after which a node is NotReady. */
  readonly nodeSilenceMs: number
  /** After NotReady, how long stateless pods stay bound before they are replaced, unless they tolerate longer. */
  readonly evictionDelayMs: number
  /** Largest share of the inventory that may be deleted at once without a confirmation. */
  readonly deleteBrakeFraction: number
  readonly podsPerNode: number
  /** Moves running pods for a better balance; absent: off. */
  readonly rebalancing?: RebalancingConfiguration
  /** How pods are placed that name a scheduler; absent: Kubernetes' default profile alone. */
  readonly schedulerProfiles?: readonly SchedulerProfile[]
}

/** What is left out is as in Kubernetes' default profile. */
export interface SchedulerProfile {
  readonly schedulerName: string
  /** By the names of the score plug-ins. */
  readonly weights?: Readonly<Record<string, number>>
  readonly scoringStrategy?: {
    readonly type?: 'LeastAllocated' | 'MostAllocated' | 'RequestedToCapacityRatio'
    readonly resources?: readonly { readonly name: string; readonly weight?: number }[]
    readonly shape?: readonly { readonly utilization: number; readonly score: number }[]
  }
  /** Names of the resources that BalancedAllocation looks at. */
  readonly balancedResources?: readonly string[]
  readonly defaultConstraints?: readonly {
    readonly maxSkew: number
    readonly topologyKey: string
    readonly whenUnsatisfiable: 'DoNotSchedule' | 'ScheduleAnyway'
  }[]
}

export interface RebalancingConfiguration {
  readonly enabled: boolean
  readonly movesPerMinute: number
  /** Nodes whose loads, in percent of what they can give, are nearer than this are left as they are. */
  readonly thresholdPercent: number
}

/** What holds when the repository says nothing. Node failure: DESIGN 12. Subnets: 256 nodes of 254 addresses. */
export const defaultClusterConfiguration: ClusterConfiguration = {
  podCidr: '10.244.0.0/16',
  nodePrefixLength: 24,
  serviceCidr: '10.96.0.0/16',
  nodePortRange: { first: 30_000, last: 32_767 },
  nodeSilenceMs: 4_000,
  evictionDelayMs: 8_000,
  deleteBrakeFraction: 0.2,
  podsPerNode: 110,
}
