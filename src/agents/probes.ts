/** Probes and lifecycle hooks as they are carried out: http, tcp and grpc from the agent, exec in the container (Kubernetes: semantics §4.5). */
import net from 'node:net'
import type { LifecycleHandler } from '../model/generated/kubernetes.js'
import type { ProbeRequest } from './core/agent-effect.js'
import type { ProbeOutcome } from './core/agent-event.js'
import { grpcHealth } from './grpc-health.js'
import { httpGet } from './http-get.js'
import { type Runtime, RuntimeError } from './runtime.js'

const OUTPUT_MAX_BYTES = 10 * 1024

export interface ProbeAnswer {
  readonly outcome: ProbeOutcome
  readonly message: string
}

/** Never throws: what cannot be carried out is outcome `error`, what does not answer is `failure`. */
export async function runProbe(runtime: Runtime, request: ProbeRequest): Promise<ProbeAnswer> {
  const { probe, address, timeoutMs } = request
  if (probe.exec) return probeExec(runtime, request.containerId, probe.exec.command ?? [], timeoutMs)
  try {
    if (probe.httpGet) {
      const { status, leftHost } = await httpGet(probe.httpGet, address, timeoutMs)
      if (status >= 200 && status < 400)
        return { outcome: 'success', message: leftHost ? `status ${status}, to another host` : '' }
      return { outcome: 'failure', message: `HTTP probe failed with statuscode: ${status}` }
    }
    if (probe.tcpSocket) {
      await connect(probe.tcpSocket.host || address, Number(probe.tcpSocket.port), timeoutMs)
      return { outcome: 'success', message: '' }
    }
    if (probe.grpc) {
      const isServing = await grpcHealth(address, probe.grpc.port, probe.grpc.service ?? '', timeoutMs)
      return isServing ? { outcome: 'success', message: '' } : { outcome: 'failure', message: 'service not SERVING' }
    }
  } catch (error) {
    return { outcome: 'failure', message: (error as Error).message }
  }
  return { outcome: 'error', message: 'the probe names no handler' }
}

async function probeExec(
  runtime: Runtime,
  containerId: string,
  command: readonly string[],
  timeoutMs: number,
): Promise<ProbeAnswer> {
  try {
    const { exitCode, output } = await runtime.execute(containerId, command, {
      timeoutMs,
      outputMaxBytes: OUTPUT_MAX_BYTES,
    })
    return { outcome: exitCode === 0 ? 'success' : 'failure', message: output.trim() }
  } catch (error) {
    const isTimeout = error instanceof RuntimeError && error.code === 'timeout'
    const message = isTimeout ? `command timed out after ${timeoutMs} ms` : (error as Error).message
    return { outcome: isTimeout ? 'failure' : 'error', message }
  }
}

function connect(host: string, port: number, timeoutMs: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ host, port })
    const timer = setTimeout(() => socket.destroy(new Error('no connection in time')), timeoutMs)
    socket.on('connect', () => {
      clearTimeout(timer)
      socket.destroy()
      resolve()
    })
    socket.on('error', (error) => {
      clearTimeout(timer)
      reject(error)
    })
  })
}

/** Runs a postStart or preStop hook to its end. Throws when it failed or took longer than `timeoutMs`. */
export async function runHook(
  runtime: Runtime,
  handler: LifecycleHandler,
  containerId: string,
  address: string,
  timeoutMs: number,
): Promise<void> {
  if (handler.exec) {
    const options = { timeoutMs, outputMaxBytes: OUTPUT_MAX_BYTES }
    const { exitCode, output } = await runtime.execute(containerId, handler.exec.command ?? [], options)
    if (exitCode !== 0)
      throw new Error(`${handler.exec.command?.[0]} ended with exit code ${exitCode}: ${output.trim()}`)
  } else if (handler.httpGet) await httpGet(handler.httpGet, address, timeoutMs)
  else if (handler.sleep) await sleep(Math.min(handler.sleep.seconds * 1_000, timeoutMs))
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
