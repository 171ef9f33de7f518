/** Services (Kubernetes: ValidateService). Ranges of addresses and node ports are the cluster's own. */
import type { ClusterConfiguration } from '../cluster-configuration.js'
import type { Service, ServicePort, ServiceSpec } from '../generated/kubernetes.js'
import { contains, isIp, parseIpv4, parseSubnet } from './addresses.js'
import { validateLabels } from './metadata.js'
import { checkLabelName, checkSubdomain } from './names.js'
import { validatePort, validatePortNumber, validateRange } from './ranges.js'
import { duplicate, eachItem, forbidden, invalid, type Report, required } from './report.js'

const AFFINITY_SECONDS_MAX = 86_400

export function validateService(service: Service, configuration: ClusterConfiguration, report: Report): void {
  const { spec } = service
  if (spec === undefined) {
    report.add(required(), 'spec')
    return
  }
  const at = report.at('spec')
  const isHeadless = spec.clusterIP === 'None'
  if ((spec.ports ?? []).length === 0 && !isHeadless && spec.type !== 'ExternalName') at.add(required(), 'ports')
  validatePorts(spec, configuration, at.at('ports'))
  validateLabels(spec.selector, at.at('selector'))
  validateClusterAddress(spec, configuration, at)
  validateExternalName(spec, at)
  validateRange(
    spec.sessionAffinityConfig?.clientIP?.timeoutSeconds,
    1,
    AFFINITY_SECONDS_MAX,
    at.at('sessionAffinityConfig', 'clientIP', 'timeoutSeconds'),
  )
  eachItem(at.at('externalIPs'), spec.externalIPs, (address, place) => {
    if (!isIp(address)) place.add(invalid(address, 'must be a valid IP address'))
  })
}

function validatePorts(spec: ServiceSpec, configuration: ClusterConfiguration, report: Report): void {
  const names = new Set<string>()
  const ports = new Set<string>()
  const nodePorts = new Set<string>()
  const take = (seen: Set<string>, key: string, at: Report, field: string): void => {
    if (seen.has(key)) at.add(duplicate(key), field)
    seen.add(key)
  }
  const isSeveral = (spec.ports ?? []).length > 1
  eachItem(report, spec.ports, (port, at) => {
    if (port.name === undefined || port.name === '') {
      if (isSeveral) at.add(required('a Service with several ports needs a name for each'), 'name')
    } else {
      const why = checkLabelName(port.name)
      if (why !== null) at.add(invalid(port.name, why), 'name')
      else take(names, port.name, at, 'name')
    }
    validatePortNumber(port.port, at.at('port'))
    take(ports, `${port.port}/${port.protocol ?? 'TCP'}`, at, 'port')
    if (port.targetPort !== undefined && !(spec.type === 'ExternalName'))
      validatePort(port.targetPort, at.at('targetPort'))
    if (port.nodePort === undefined) return
    validateNodePort(port, spec, configuration, at)
    take(nodePorts, `${port.nodePort}/${port.protocol ?? 'TCP'}`, at, 'nodePort')
  })
}

function validateNodePort(
  port: ServicePort,
  spec: ServiceSpec,
  configuration: ClusterConfiguration,
  report: Report,
): void {
  const { first, last } = configuration.nodePortRange
  const type = spec.type ?? 'ClusterIP'
  if (type !== 'NodePort' && type !== 'LoadBalancer') {
    report.add(forbidden(`may not be used when \`type\` is '${type}'`), 'nodePort')
    return
  }
  const nodePort = port.nodePort ?? 0
  if (nodePort < first || nodePort > last)
    report.add(
      invalid(nodePort, `provided port is not in the valid range. The range of valid ports is ${first}-${last}`),
      'nodePort',
    )
}

function validateClusterAddress(spec: ServiceSpec, configuration: ClusterConfiguration, report: Report): void {
  const { clusterIP = '', type } = spec
  if (clusterIP === '') return
  if (type === 'ExternalName') {
    report.add(forbidden('may not be set for ExternalName services'), 'clusterIP')
    return
  }
  if (clusterIP === 'None') {
    if (type === 'NodePort' || type === 'LoadBalancer')
      report.add(invalid(clusterIP, `may not be set to 'None' for ${type} services`), 'clusterIP')
    return
  }
  if (!isIp(clusterIP)) {
    report.add(invalid(clusterIP, "must be empty, 'None', or a valid IP address"), 'clusterIP')
    return
  }
  const address = parseIpv4(clusterIP)
  const subnet = parseSubnet(configuration.serviceCidr)
  if (subnet === null) return
  if (address === null || !contains(subnet, address))
    report.add(
      invalid(
        clusterIP,
        `provided IP is not in the valid range. The range of valid IPs is ${configuration.serviceCidr}`,
      ),
      'clusterIP',
    )
}

function validateExternalName(spec: ServiceSpec, report: Report): void {
  if (spec.type !== 'ExternalName') return
  const name = (spec.externalName ?? '').replace(/\.$/, '')
  if (name === '') {
    report.add(required(), 'externalName')
    return
  }
  const why = checkSubdomain(name)
  if (why !== null) report.add(invalid(spec.externalName, why), 'externalName')
}
