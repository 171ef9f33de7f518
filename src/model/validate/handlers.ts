/** Probes and lifecycle hooks (Kubernetes: validateProbe, validateHandler; semantics §4.5 and §4.6). */
import type { Container, LifecycleHandler, Probe } from '../generated/kubernetes.js'
import { validateNonNegative, validatePort, validatePortNumber } from './ranges.js'
import { eachItem, forbidden, invalid, type Report, required, unsupported } from './report.js'

const HEADER_NAME = /^[-A-Za-z0-9]+$/

/** The probes of an app container or sidecar. */
export function validateProbes(container: Container, report: Report): void {
  const { livenessProbe, readinessProbe, startupProbe } = container
  if (livenessProbe !== undefined) validateProbe(livenessProbe, 'liveness', report.at('livenessProbe'))
  if (readinessProbe !== undefined) validateProbe(readinessProbe, 'readiness', report.at('readinessProbe'))
  if (startupProbe !== undefined) validateProbe(startupProbe, 'startup', report.at('startupProbe'))
}

/** `graceSeconds` is the pod's. */
export function validateLifecycle(container: Container, graceSeconds: number, report: Report): void {
  const { postStart, preStop, stopSignal } = container.lifecycle ?? {}
  const at = report.at('lifecycle')
  if (postStart !== undefined) validateHandler(postStart, graceSeconds, at.at('postStart'))
  if (preStop !== undefined) validateHandler(preStop, graceSeconds, at.at('preStop'))
  if (stopSignal !== undefined && !/^SIG[A-Z0-9+-]+$/.test(stopSignal))
    at.add(invalid(stopSignal, 'must be the name of a signal, such as SIGTERM'), 'stopSignal')
}

function validateProbe(probe: Probe, type: 'liveness' | 'readiness' | 'startup', report: Report): void {
  validateOneOf(probe, ['exec', 'httpGet', 'tcpSocket', 'grpc'], report)
  validateActions(probe, report)
  if (probe.grpc !== undefined) validatePortNumber(probe.grpc.port, report.at('grpc', 'port'))
  for (const name of [
    'initialDelaySeconds',
    'timeoutSeconds',
    'periodSeconds',
    'successThreshold',
    'failureThreshold',
  ] as const)
    validateNonNegative(probe[name], report.at(name))
  if (type !== 'readiness' && (probe.successThreshold ?? 1) !== 1)
    report.add(invalid(probe.successThreshold, `must be 1 for ${type} probes`), 'successThreshold')
  const grace = probe.terminationGracePeriodSeconds
  if (grace === undefined) return
  if (type === 'readiness')
    report.add(invalid(grace, 'must not be set for readiness probes'), 'terminationGracePeriodSeconds')
  else if (grace <= 0) report.add(invalid(grace, 'must be greater than 0'), 'terminationGracePeriodSeconds')
}

function validateHandler(handler: LifecycleHandler, graceSeconds: number, report: Report): void {
  validateOneOf(handler, ['exec', 'httpGet', 'tcpSocket', 'sleep'], report)
  validateActions(handler, report)
  const seconds = handler.sleep?.seconds
  if (seconds !== undefined && (seconds < 0 || seconds > graceSeconds))
    report.add(
      invalid(
        seconds,
        `must be non-negative and less than or equal to terminationGracePeriodSeconds (${graceSeconds})`,
      ),
      'sleep',
      'seconds',
    )
}

function validateOneOf<T extends object>(handler: T, names: readonly (keyof T & string)[], report: Report): void {
  const given = names.filter((name) => handler[name] !== undefined)
  if (given.length === 0) report.add(required(`must specify a handler type: one of ${names.join(', ')}`))
  for (const extra of given.slice(1)) report.add(forbidden('may not specify more than 1 handler type'), extra)
}

function validateActions(handler: Pick<Probe, 'exec' | 'httpGet' | 'tcpSocket'>, report: Report): void {
  const { exec, httpGet, tcpSocket } = handler
  if (exec !== undefined && (exec.command ?? []).length === 0) report.add(required(), 'exec', 'command')
  if (tcpSocket !== undefined) validatePort(tcpSocket.port, report.at('tcpSocket', 'port'))
  if (httpGet === undefined) return
  const at = report.at('httpGet')
  validatePort(httpGet.port, at.at('port'))
  if (httpGet.scheme !== undefined && httpGet.scheme !== 'HTTP' && httpGet.scheme !== 'HTTPS')
    at.add(unsupported(httpGet.scheme, ['HTTP', 'HTTPS']), 'scheme')
  eachItem(at.at('httpHeaders'), httpGet.httpHeaders, (header, place) => {
    if (!HEADER_NAME.test(header.name))
      place.add(invalid(header.name, "a valid HTTP header must consist of alphanumeric characters or '-'"), 'name')
  })
}
