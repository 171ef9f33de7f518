/** An image with busybox alone, made from the host's static /bin/busybox (package busybox-static). */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { makeTar } from '../../../src/agents/docker/tar-file.js'
import type { Runtime } from '../../../src/agents/runtime.js'

export const BUSYBOX_IMAGE = 'headway-test/busybox:1'

/** The image if it is there, else makes it. Throws when the host has no static busybox. */
export async function ensureBusyboxImage(runtime: Runtime): Promise<string> {
  if ((await runtime.inspectImage(BUSYBOX_IMAGE)) !== null) return BUSYBOX_IMAGE
  const program = readFileSync('/bin/busybox')
  const applets = execFileSync('/bin/busybox', ['--list'], { encoding: 'utf8' }).trim().split('\n')
  const layer = makeTar([
    { path: 'bin/', mode: 0o755 },
    { path: 'tmp/', mode: 0o1777 },
    { path: 'bin/busybox', mode: 0o755, content: program },
    ...applets
      .filter((name) => name !== 'busybox')
      .map((name) => ({ path: `bin/${name}`, mode: 0o777, link: 'busybox' })),
  ])
  await runtime.importImage(BUSYBOX_IMAGE, layer, ['ENV PATH=/bin'])
  return BUSYBOX_IMAGE
}
