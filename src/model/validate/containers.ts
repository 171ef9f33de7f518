/** Containers of a pod (Kubernetes: validateContainers, validateInitContainers, ValidateVolumeMounts, validateContainerPorts). */
import type { Container, ContainerPort, PodSpec, SecurityContext, VolumeMount } from '../generated/kubernetes.js'
import { isSidecar } from '../pod-resources.js'
import { isIp } from './addresses.js'
import { validateEnvironment } from './environment.js'
import { validateLifecycle, validateProbes } from './handlers.js'
import { checkLabelName, checkPortName } from './names.js'
import { validateAbsolutePath, validateDescendingPath } from './paths.js'
import { validateNonNegative, validatePortNumber } from './ranges.js'
import { duplicate, eachItem, forbidden, invalid, type Report, required, unsupported } from './report.js'
import { validateResources } from './resources.js'

/** All containers of a pod spec; names are unique over app and init containers, host ports within each group. */
export function validateContainers(spec: PodSpec, report: Report): void {
  const names = new Set<string>()
  const hostPorts = new Set<string>()
  if (spec.containers.length === 0) report.add(required('a pod needs at least one container'), 'containers')
  eachItem(report.at('containers'), spec.containers, (container, at) => {
    validateContainer(container, spec, names, at)
    // Kubernetes' own restart policy for one app container is young; to ignore it silently would be worse than to refuse.
    if (container.restartPolicy !== undefined)
      at.add(forbidden("may not be set for app containers: set the pod's restartPolicy"), 'restartPolicy')
    validateHostPorts(container, hostPorts, at.at('ports'))
    validateProbes(container, at)
    validateLifecycle(container, spec.terminationGracePeriodSeconds ?? 30, at)
  })
  eachItem(report.at('initContainers'), spec.initContainers, (container, at) => {
    validateContainer(container, spec, names, at)
    if (isSidecar(container)) {
      validateHostPorts(container, hostPorts, at.at('ports'))
      validateProbes(container, at)
      validateLifecycle(container, spec.terminationGracePeriodSeconds ?? 30, at)
      return
    }
    if (container.restartPolicy !== undefined) at.add(unsupported(container.restartPolicy, ['Always']), 'restartPolicy')
    validateHostPorts(container, new Set(), at.at('ports'))
    for (const name of ['livenessProbe', 'readinessProbe', 'startupProbe', 'lifecycle'] as const) {
      if (container[name] !== undefined)
        at.add(forbidden('may not be set for init containers without restartPolicy=Always'), name)
    }
  })
}

function validateContainer(container: Container, spec: PodSpec, names: Set<string>, report: Report): void {
  if (container.name === '') report.add(required(), 'name')
  else {
    const why = checkLabelName(container.name)
    if (why !== null) report.add(invalid(container.name, why), 'name')
    else if (names.has(container.name)) report.add(duplicate(container.name), 'name')
  }
  names.add(container.name)
  if (!container.image) report.add(required(), 'image')
  else if (container.image !== container.image.trim())
    report.add(invalid(container.image, 'must not have leading or trailing whitespace'), 'image')
  else if (/\s/.test(container.image)) report.add(invalid(container.image, 'must not contain whitespace'), 'image')
  validatePorts(container.ports, spec.hostNetwork === true, report.at('ports'))
  validateEnvironment(container, report)
  validateResources(container.resources, report.at('resources'))
  validateMounts(container, spec, report)
  validateSecurity(container.securityContext, report.at('securityContext'))
}

function validatePorts(ports: readonly ContainerPort[] | undefined, hostNetwork: boolean, report: Report): void {
  const names = new Set<string>()
  eachItem(report, ports, (port, at) => {
    if (port.name !== undefined && port.name !== '') {
      const why = checkPortName(port.name)
      if (why !== null) at.add(invalid(port.name, why), 'name')
      else if (names.has(port.name)) at.add(duplicate(port.name), 'name')
      names.add(port.name)
    }
    validatePortNumber(port.containerPort, at.at('containerPort'))
    validatePortNumber(port.hostPort, at.at('hostPort'))
    if (port.hostIP !== undefined && port.hostIP !== '' && !isIp(port.hostIP))
      at.add(invalid(port.hostIP, 'must be a valid IP address'), 'hostIP')
    if (hostNetwork && port.hostPort !== undefined && port.hostPort !== port.containerPort)
      at.add(invalid(port.hostPort, 'must match `containerPort` when `hostNetwork` is true'), 'hostPort')
  })
}

function validateHostPorts(container: Container, taken: Set<string>, report: Report): void {
  eachItem(report, container.ports, (port, at) => {
    if (port.hostPort === undefined) return
    const key = `${port.hostIP ?? ''}/${port.protocol ?? 'TCP'}/${port.hostPort}`
    if (taken.has(key)) at.add(duplicate(key), 'hostPort')
    taken.add(key)
  })
}

function validateMounts(container: Container, spec: PodSpec, report: Report): void {
  const volumes = new Set((spec.volumes ?? []).map((volume) => volume.name))
  const paths = new Set<string>()
  eachItem(report.at('volumeMounts'), container.volumeMounts, (mount, at) => {
    if (mount.name === '') at.add(required(), 'name')
    else if (!volumes.has(mount.name)) at.add(`Not found: "${mount.name}": no volume of the pod has this name`, 'name')
    if (mount.mountPath === '') at.add(required(), 'mountPath')
    else {
      if (paths.has(mount.mountPath)) at.add(invalid(mount.mountPath, 'must be unique'), 'mountPath')
      validateAbsolutePath(mount.mountPath, at.at('mountPath'))
      if (mount.mountPath.includes(':')) at.add(invalid(mount.mountPath, "must not contain ':'"), 'mountPath')
    }
    paths.add(mount.mountPath)
    validateMountOptions(mount, container, at)
  })
  eachItem(report.at('volumeDevices'), container.volumeDevices, (device, at) => {
    if (!volumes.has(device.name)) at.add(`Not found: "${device.name}": no volume of the pod has this name`, 'name')
    if (device.devicePath === '') at.add(required(), 'devicePath')
  })
}

function validateMountOptions(mount: VolumeMount, container: Container, report: Report): void {
  if (mount.subPath && mount.subPathExpr)
    report.add(invalid(mount.subPathExpr, 'subPathExpr and subPath are mutually exclusive'), 'subPathExpr')
  if (mount.subPath) validateDescendingPath(mount.subPath, report.at('subPath'))
  if (mount.subPathExpr) validateDescendingPath(mount.subPathExpr, report.at('subPathExpr'))
  if (mount.mountPropagation === 'Bidirectional' && container.securityContext?.privileged !== true)
    report.add(
      forbidden('Bidirectional mount propagation is available only to privileged containers'),
      'mountPropagation',
    )
  const recursive = mount.recursiveReadOnly ?? 'Disabled'
  if (recursive !== 'Disabled' && mount.readOnly !== true)
    report.add(forbidden('may only be specified when readOnly is true'), 'recursiveReadOnly')
}

function validateSecurity(security: SecurityContext | undefined, report: Report): void {
  if (security === undefined) return
  validateNonNegative(security.runAsUser, report.at('runAsUser'))
  validateNonNegative(security.runAsGroup, report.at('runAsGroup'))
  if (security.allowPrivilegeEscalation !== false) return
  if (security.privileged === true)
    report.add(
      invalid(false, 'cannot set `allowPrivilegeEscalation` to false and `privileged` to true'),
      'allowPrivilegeEscalation',
    )
  const added = security.capabilities?.add ?? []
  if (added.some((name) => /^(CAP_)?SYS_ADMIN$/i.test(name)))
    report.add(
      invalid(false, 'cannot set `allowPrivilegeEscalation` to false and add the capability SYS_ADMIN'),
      'allowPrivilegeEscalation',
    )
}
