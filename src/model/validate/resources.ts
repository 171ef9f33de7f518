/** Resource amounts: names, signs, and requests against limits (Kubernetes: ValidateContainerResourceRequirements). */
import type { ResourceRequirements } from '../generated/kubernetes.js'
import { isQuantity, parseMilli, parseUnits } from '../quantity.js'
import { checkQualifiedName } from './names.js'
import { invalid, type Report, required } from './report.js'

const STANDARD = new Set(['cpu', 'memory', 'ephemeral-storage'])

type ResourceList = Readonly<Record<string, string | number>>

/** The limits and requests of a container or pod. */
export function validateResources(resources: ResourceRequirements | undefined, report: Report): void {
  if (resources === undefined) return
  validateResourceList(resources.limits, report.at('limits'))
  const limits: ResourceList = resources.limits ?? {}
  const requests: ResourceList = resources.requests ?? {}
  // A request that defaulting copied from its limit would only say the limit's finding twice.
  const own = Object.entries(requests).filter(([name, request]) => limits[name] !== request)
  validateResourceList(Object.fromEntries(own), report.at('requests'))
  for (const [name, request] of Object.entries(requests)) {
    const limit = Object.hasOwn(limits, name) ? limits[name]! : undefined
    if (limit === undefined) {
      if (isExtended(name) || isHugePages(name))
        report.add(required('Limit must be set for non overcommitable resources'), 'limits', name)
      continue
    }
    if (!isQuantity(String(limit)) || !isQuantity(String(request))) continue
    const difference = parseMilli(request) - parseMilli(limit)
    if (difference > 0)
      report.add(invalid(request, `must be less than or equal to ${name} limit of ${limit}`), 'requests', name)
    else if (difference < 0 && (isExtended(name) || isHugePages(name)))
      report.add(invalid(request, `must be equal to ${name} limit of ${limit}`), 'requests', name)
  }
}

/** Names and amounts of one list. */
export function validateResourceList(list: ResourceList | undefined, report: Report): void {
  for (const [name, amount] of Object.entries(list ?? {})) {
    const why = checkQualifiedName(name)
    if (why !== null) report.add(invalid(name, why), name)
    else if (!STANDARD.has(name) && !isHugePages(name) && !isExtended(name))
      report.add(
        invalid(
          name,
          'must be a standard resource for containers (cpu, memory, ephemeral-storage) or have a domain prefix',
        ),
        name,
      )
    validateQuantity(amount, report.at(name))
    const isWhole = isExtended(name) || isHugePages(name)
    if (isWhole && isQuantity(String(amount)) && parseMilli(amount) !== parseUnits(amount) * 1000)
      report.add(invalid(amount, 'must be an integer'), name)
  }
}

/** An amount that is a quantity and not negative. */
export function validateQuantity(amount: string | number | undefined, report: Report): void {
  if (amount === undefined) return
  if (!isQuantity(String(amount)))
    report.add(invalid(amount, 'is not a quantity: write it like 500m, 2, 1.5Gi or 128Mi'))
  else if (String(amount).startsWith('-') && parseMilli(amount) < 0)
    report.add(invalid(amount, 'must be greater than or equal to 0'))
}

function isHugePages(name: string): boolean {
  return name.startsWith('hugepages-')
}

/** A resource of someone else's: with a prefix that is not Kubernetes' own. */
function isExtended(name: string): boolean {
  return name.includes('/') && !name.startsWith('kubernetes.io/') && !name.startsWith('requests.')
}
