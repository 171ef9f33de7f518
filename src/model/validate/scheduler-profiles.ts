/** Checks the scheduler profiles of a ClusterConfiguration: names, weights, shapes and default constraints. */
import type { SchedulerProfile } from '../cluster-configuration.js'
import type { Finding } from './finding.js'
import { duplicate, invalid, makeReport, type Report } from './report.js'
import { validateTopologyKey } from './scheduling.js'

/** The score plug-ins of the scheduler, as Kubernetes names them. */
const SCORES = [
  'TaintToleration',
  'NodeAffinity',
  'PodTopologySpread',
  'InterPodAffinity',
  'NodeResourcesFit',
  'NodeResourcesBalancedAllocation',
  'ImageLocality',
]
const WEIGHTS = [0, 100] as const

/** The profiles that can be used; a wrong one is reported and left out. */
export function readSchedulerProfiles(profiles: readonly SchedulerProfile[], report: Report): SchedulerProfile[] {
  const names = new Set<string>()
  return profiles.filter((profile, i) => {
    const own = report.at(i)
    const isNew = profile.schedulerName !== '' && !names.has(profile.schedulerName)
    if (!isNew) own.add(invalid(profile.schedulerName, 'must be a name that no other profile has'), 'schedulerName')
    names.add(profile.schedulerName)
    const isRight = [
      checkWeights(profile, own),
      checkStrategy(profile, own),
      checkBalanced(profile, own),
      checkConstraints(profile, own),
    ]
    return isNew && isRight.every((item) => item)
  })
}

function checkWeights({ weights = {} }: SchedulerProfile, report: Report): boolean {
  let isRight = true
  for (const [name, weight] of Object.entries(weights)) {
    const wrong = !SCORES.includes(name)
      ? `is no score: use one of ${SCORES.join(', ')}`
      : weight >= WEIGHTS[0] && weight <= WEIGHTS[1]
        ? ''
        : `must be between ${WEIGHTS[0]} and ${WEIGHTS[1]}, inclusive`
    if (wrong === '') continue
    report.at('weights').add(invalid(SCORES.includes(name) ? weight : name, wrong), name)
    isRight = false
  }
  return isRight
}

function checkStrategy({ scoringStrategy = {} }: SchedulerProfile, report: Report): boolean {
  const own = report.at('scoringStrategy')
  const { type, resources = [], shape = [] } = scoringStrategy
  let isRight = true
  const wrong = (value: unknown, detail: string, field: string): void => {
    own.add(invalid(value, detail), field)
    isRight = false
  }
  resources.forEach(({ name }, i) => {
    if (name === '' || resources.findIndex((resource) => resource.name === name) !== i)
      wrong(name, 'must be the name of a resource, as in cpu or nvidia.com/gpu, and each only once', 'resources')
  })
  for (const { name, weight = 1 } of resources)
    if (!(weight >= 1 && weight <= 100)) wrong(weight, `of ${name} must be between 1 and 100, inclusive`, 'resources')
  if (type === 'RequestedToCapacityRatio' && shape.length === 0)
    wrong(shape, 'must have a point at least, as in { utilization: 0, score: 10 }', 'shape')
  shape.forEach(({ utilization, score }, i) => {
    if (!(utilization >= 0 && utilization <= 100 && utilization > (shape[i - 1]?.utilization ?? -1)))
      wrong(utilization, 'utilizations must be between 0 and 100 and rise from point to point', 'shape')
    if (!(score >= 0 && score <= 10)) wrong(score, 'scores must be between 0 and 10, inclusive', 'shape')
  })
  return isRight
}

function checkBalanced({ balancedResources = [] }: SchedulerProfile, report: Report): boolean {
  const wrong = balancedResources.findIndex((name, i) => name === '' || balancedResources.indexOf(name) !== i)
  if (wrong === -1) return true
  const detail = 'must be the name of a resource, as in cpu or nvidia.com/gpu, and each only once'
  report.at('balancedResources').add(invalid(balancedResources[wrong], detail), wrong)
  return false
}

function checkConstraints({ defaultConstraints = [] }: SchedulerProfile, report: Report): boolean {
  const findings: Finding[] = []
  const seen = new Set<string>()
  defaultConstraints.forEach(({ maxSkew, topologyKey, whenUnsatisfiable }, i) => {
    const own = makeReport(findings, ['defaultConstraints', i])
    if (!(maxSkew >= 1)) own.add(invalid(maxSkew, 'must be 1 or more'), 'maxSkew')
    validateTopologyKey(topologyKey, own)
    const key = `${topologyKey}, ${whenUnsatisfiable}`
    if (seen.has(key)) own.add(duplicate(`{${key}}`))
    seen.add(key)
  })
  for (const { path, message } of findings) report.add(message, ...path)
  return findings.length === 0
}
