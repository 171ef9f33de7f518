/** The Docker adapter held to the runtime suite, on the engine of this machine. */
import { openDockerRuntime } from '../../../src/agents/docker/docker-runtime.js'
import { busyboxBehaviour, runtimeSuite } from '../../conformance/runtime.js'
import { BUSYBOX_IMAGE, ensureBusyboxImage } from './busybox-image.js'

const log = (line: string): void => {
  process.stdout.write(`${line}\n`)
}

runtimeSuite({
  name: 'Docker',
  image: BUSYBOX_IMAGE,
  behaviour: busyboxBehaviour,
  limitMs: 20_000,
  open: async () => {
    const runtime = openDockerRuntime({ log })
    await ensureBusyboxImage(runtime)
    return { runtime, close: async () => undefined }
  },
  skip: [],
})
