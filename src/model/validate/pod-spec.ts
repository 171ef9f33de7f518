/** Pod specs and templates (Kubernetes: ValidatePodSpec, ValidatePodTemplateSpec). */
import type { PodSpec, PodTemplateSpec } from '../generated/kubernetes.js'
import { isIp } from './addresses.js'
import { validateContainers } from './containers.js'
import { validateTemplateMetadata } from './metadata.js'
import { checkLabelName, checkSubdomain } from './names.js'
import { MAX_INT32, validateNonNegative, validateRange } from './ranges.js'
import { eachItem, forbidden, invalid, type Report, required } from './report.js'
import { validateResourceList, validateResources } from './resources.js'
import { validateScheduling } from './scheduling.js'
import { validateVolumes } from './volumes.js'

const NAMESERVERS_MAX = 3
const SEARCHES_MAX = 32
const SEARCHES_LENGTH_MAX = 2048

/** A template without a spec is refused. */
export function validateTemplate(template: PodTemplateSpec, report: Report): void {
  validateTemplateMetadata(template.metadata, report.at('metadata'))
  if (template.spec === undefined) report.add(required(), 'spec')
  else validatePodSpec(template.spec, report.at('spec'))
}

export function validatePodSpec(spec: PodSpec, report: Report): void {
  validateVolumes(spec.volumes, report.at('volumes'))
  validateContainers(spec, report)
  validateScheduling(spec, report)
  validateDns(spec, report)
  validateHostSettings(spec, report)
  validateNonNegative(spec.terminationGracePeriodSeconds, report.at('terminationGracePeriodSeconds'))
  validateRange(spec.activeDeadlineSeconds, 1, MAX_INT32, report.at('activeDeadlineSeconds'))
  for (const name of ['hostname', 'subdomain'] as const) {
    const value = spec[name]
    const why = value === undefined || value === '' ? null : checkLabelName(value)
    if (why !== null) report.add(invalid(value, why), name)
  }
  for (const name of ['priorityClassName', 'serviceAccountName', 'runtimeClassName'] as const) {
    const value = spec[name]
    const why = value === undefined || value === '' ? null : checkSubdomain(value)
    if (why !== null) report.add(invalid(value, why), name)
  }
  validateResourceList(spec.overhead, report.at('overhead'))
  validateResources(spec.resources, report.at('resources'))
}

function validateDns(spec: PodSpec, report: Report): void {
  const { nameservers = [], searches = [], options = [] } = spec.dnsConfig ?? {}
  const at = report.at('dnsConfig')
  if (spec.dnsPolicy === 'None' && nameservers.length === 0)
    at.add(required('must provide at least one DNS nameserver when `dnsPolicy` is None'), 'nameservers')
  if (nameservers.length > NAMESERVERS_MAX)
    at.add(invalid(nameservers, `must not have more than ${NAMESERVERS_MAX} nameservers`), 'nameservers')
  eachItem(at.at('nameservers'), nameservers, (address, place) => {
    if (!isIp(address)) place.add(invalid(address, 'must be a valid IP address'))
  })
  if (searches.length > SEARCHES_MAX)
    at.add(invalid(searches, `must not have more than ${SEARCHES_MAX} search paths`), 'searches')
  if (searches.join(' ').length > SEARCHES_LENGTH_MAX)
    at.add(
      invalid(
        searches,
        `must not have more than ${SEARCHES_LENGTH_MAX} characters (including spaces) in the search list`,
      ),
      'searches',
    )
  eachItem(at.at('searches'), searches, (search, place) => {
    // A single dot is the root domain; an underscore is allowed in search domains.
    const why = search === '.' ? null : checkSubdomain(search.replace(/\.$/, '').replaceAll('_', 'x'))
    if (why !== null) place.add(invalid(search, why))
  })
  eachItem(at.at('options'), options, (option, place) => {
    if (!option.name) place.add(required('must not be empty'), 'name')
  })
}

function validateHostSettings(spec: PodSpec, report: Report): void {
  eachItem(report.at('hostAliases'), spec.hostAliases, (alias, at) => {
    if (!isIp(alias.ip)) at.add(invalid(alias.ip, 'must be a valid IP address'), 'ip')
    eachItem(at.at('hostnames'), alias.hostnames, (name, place) => {
      const why = checkSubdomain(name)
      if (why !== null) place.add(invalid(name, why))
    })
  })
  if (spec.shareProcessNamespace === true && spec.hostPID === true)
    report.add(forbidden('shareProcessNamespace and hostPID cannot both be enabled'), 'shareProcessNamespace')
  const security = spec.securityContext
  for (const name of ['runAsUser', 'runAsGroup', 'fsGroup'] as const)
    validateNonNegative(security?.[name], report.at('securityContext', name))
  eachItem(report.at('securityContext', 'supplementalGroups'), security?.supplementalGroups, validateNonNegative)
  eachItem(report.at('imagePullSecrets'), spec.imagePullSecrets, (secret, at) => {
    const why = secret.name ? checkSubdomain(secret.name) : null
    if (why !== null) at.add(invalid(secret.name, why), 'name')
  })
}
