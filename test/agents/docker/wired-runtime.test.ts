/** The same suite with pods that the agent puts on their network itself. */
import { mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { openDockerRuntime } from '../../../src/agents/docker/docker-runtime.js'
import { busyboxBehaviour, runtimeSuite } from '../../conformance/runtime.js'
import { BUSYBOX_IMAGE, ensureBusyboxImage } from './busybox-image.js'

runtimeSuite({
  name: 'Docker, wired by the agent',
  image: BUSYBOX_IMAGE,
  behaviour: busyboxBehaviour,
  limitMs: 20_000,
  open: async () => {
    const gateDirectory = mkdtempSync(path.join(os.tmpdir(), 'headway-gate-'))
    const runtime = openDockerRuntime({ gateDirectory, log: () => undefined })
    await ensureBusyboxImage(runtime)
    return { runtime, close: async () => rmSync(gateDirectory, { recursive: true }) }
  },
  skip: [],
})
