/** The profile that places a pod: the cluster's configuration laid over Kubernetes' default, found by the pod's schedulerName. */
import type { ClusterConfiguration, SchedulerProfile } from '../../model/cluster-configuration.js'
import { defaultProfile, type Profile } from './profile.js'

const known = new WeakMap<SchedulerProfile, Profile>()

/** Null when no profile has the name: such a pod waits, as in Kubernetes for a scheduler that does not run. */
export function profileOf({ schedulerProfiles = [] }: ClusterConfiguration, schedulerName: string): Profile | null {
  const configured = schedulerProfiles.find((profile) => profile.schedulerName === schedulerName)
  if (configured === undefined) return schedulerName === defaultProfile.schedulerName ? defaultProfile : null
  let profile = known.get(configured)
  if (profile === undefined) {
    profile = makeProfile(configured)
    known.set(configured, profile)
  }
  return profile
}

function makeProfile(configured: SchedulerProfile): Profile {
  const { schedulerName, weights, scoringStrategy, balancedResources, defaultConstraints } = configured
  const { type, resources, shape } = scoringStrategy ?? {}
  return {
    schedulerName,
    weights: { ...defaultProfile.weights, ...weights },
    strategy: {
      type: type ?? defaultProfile.strategy.type,
      resources: resources?.map(({ name, weight = 1 }) => ({ name, weight })) ?? defaultProfile.strategy.resources,
      shape: shape ?? [],
    },
    balancedResources: balancedResources ?? defaultProfile.balancedResources,
    defaultConstraints:
      defaultConstraints?.map(({ maxSkew, topologyKey, whenUnsatisfiable }) => ({
        pods: null,
        topologyKey,
        maxSkew,
        minDomains: 1,
        isHard: whenUnsatisfiable === 'DoNotSchedule',
        honorsAffinity: true,
        honorsTaints: false,
      })) ?? defaultProfile.defaultConstraints,
  }
}
