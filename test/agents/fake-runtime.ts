/** A runtime of which a test gives only the calls it needs; any other call fails by name. */
import type { Runtime, RuntimeImage } from '../../src/agents/runtime.js'

export function fakeRuntime(calls: Partial<Runtime>): Runtime {
  return new Proxy(calls as Runtime, {
    get(target, name) {
      const call = target[name as keyof Runtime]
      if (call !== undefined) return call
      throw new Error(`the test gives no ${String(name)}`)
    },
  })
}

export function fakeImage(id: string, more: Partial<RuntimeImage> = {}): RuntimeImage {
  return { id, tags: [], digests: [], sizeBytes: 1, user: '', entrypoint: [], command: [], stopSignal: '', ...more }
}
