/** What commits do to a running cluster, on a real engine: rollouts, broken ones among them, configuration, deletions. */
import { readFileSync } from 'node:fs'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { PodView } from '../../src/model/status-view.js'
import { waitFor } from '../support/wait-for.js'
import { must } from './headway.js'
import { fetchText, startPoller, stopPollers } from './request-poller.js'
import { makeTestCluster, type TestCluster } from './test-cluster.js'

const commits = suite('commits')
let cluster: TestCluster
const WEB = 'apps/web/deployment.yaml'
const greeter = readFileSync('cluster-repo-example/apps/greeter/greeter.yaml', 'utf8')
const url = (): string => `http://127.0.0.1:${cluster.nodePort}/`
const idsOf = (pods: readonly PodView[]): readonly string[] => pods.flatMap((pod) => pod.containerIds).sort()

commits.before(async () => {
  cluster = await makeTestCluster()
  await cluster.up()
})
commits.after(async () => {
  await stopPollers()
  await cluster.close()
})

commits('a rolling update loses no request and never has fewer ready than the manifest allows', async () => {
  const poller = startPoller(url())
  let lowest = Number.POSITIVE_INFINITY
  let isWatching = true
  const watch = (async () => {
    while (isWatching) {
      const web = (await cluster.status()).workloads.find((workload) => workload.name === 'web')
      lowest = Math.min(lowest, web?.ready ?? 0)
    }
  })()
  await cluster.push('web: v2', (files) => files.replace(WEB, 'web:v1', 'web:v2'))
  await cluster.wait()
  isWatching = false
  await watch
  assert.equal((await poller.stop()).failures, [])
  assert.ok(lowest >= 3, `as few as ${lowest} ready`)
  assert.match(await fetchText(url()), /demo v2/)
})

commits('a commit that only changes comments, order and defaults restarts nothing', async () => {
  const before = await cluster.containers()
  await cluster.push('web: say more, defaults made explicit', (files) => {
    files.replace(WEB, '  # One replica at a time', '  # A comment more.\n  # One replica at a time')
    files.replace(
      WEB,
      '      terminationGracePeriodSeconds: 10',
      '      restartPolicy: Always\n      dnsPolicy: ClusterFirst\n      terminationGracePeriodSeconds: 10',
    )
    files.replace(
      WEB,
      '            periodSeconds: 1\n',
      '            periodSeconds: 1\n            timeoutSeconds: 1\n            failureThreshold: 3\n',
    )
  })
  await cluster.wait()
  assert.equal(await cluster.containers(), before)
})

commits('a broken image: the rollout holds, old pods serve, the next commit supersedes at once', async () => {
  const before = await cluster.pods('web')
  const poller = startPoller(url())
  await cluster.push('web: an image that is nowhere', (files) => files.replace(WEB, 'web:v2', 'web:v9'))
  const waited = await cluster.wait(1, '8s')
  assert.match(waited.stdout, /not healthy[\s\S]*(image-pull|image-resolve)/)
  const during = await cluster.pods('web')
  for (const pod of before)
    assert.ok(
      during.some((other) => other.key === pod.key && other.ready),
      `${pod.key} serves`,
    )
  const started = Date.now()
  await cluster.push('web: v1', (files) => files.replace(WEB, 'web:v9', 'web:v1'))
  await cluster.wait()
  assert.ok(Date.now() - started < 30_000, 'nothing waited for the broken commit')
  assert.equal((await poller.stop()).failures, [])
  assert.match(await fetchText(url()), /demo v1/)
})

commits('broken YAML in one app holds that app; the other advances in the same commit', async () => {
  const greeter = idsOf(await cluster.pods('greeter'))
  await cluster.push('greeter broken, web v2', (files) => {
    files.replace('apps/greeter/greeter.yaml', 'replicas: 1', 'replicas: [1')
    files.replace(WEB, 'web:v1', 'web:v2')
  })
  const waited = await cluster.wait(1)
  assert.match(waited.stdout, /held: main:apps\/greeter/)
  assert.match(waited.stdout, /apps\/greeter\/greeter\.yaml:\d+:\d+: /)
  await waitFor('web v2 everywhere', 30_000, async () => {
    const pods = await cluster.pods('web')
    return pods.length === 3 && pods.every((pod) => pod.ready && pod.images.includes('headway-demo/web:v2'))
  })
  assert.equal(idsOf(await cluster.pods('greeter')), greeter)
  await cluster.push('greeter mended', (files) =>
    files.replace('apps/greeter/greeter.yaml', 'replicas: [1', 'replicas: 1'),
  )
  await cluster.wait()
  assert.equal(idsOf(await cluster.pods('greeter')), greeter)
})

commits('a mounted ConfigMap changes in place, without a restart', async () => {
  const before = await cluster.containers()
  const [pod] = await cluster.pods('web')
  const mounted = `/proc/${await pidOf(pod!)}/root/etc/web/message`
  assert.is(readFileSync(mounted, 'utf8'), 'Hello from the cluster repository.')
  await cluster.push('web: another message', (files) =>
    files.replace('apps/web/configuration.yaml', 'Hello from the cluster repository.', 'Hello again.'),
  )
  await cluster.wait()
  await waitFor('the new message in the mount', 10_000, () => readFileSync(mounted, 'utf8') === 'Hello again.')
  assert.equal(await cluster.containers(), before)
})

commits('a ConfigMap in the environment rolls the workload, and a revert brings the old replica set back', async () => {
  const before = await cluster.pods('web')
  const replicaSet = (pod: PodView): string => pod.key.slice(0, pod.key.lastIndexOf('-'))
  await cluster.push('web: debug', (files) =>
    files.replace('apps/web/configuration.yaml', 'log-level: info', 'log-level: debug'),
  )
  await cluster.wait()
  const rolled = await cluster.pods('web')
  assert.ok(rolled.every((pod) => !before.some((old) => old.key === pod.key)))
  assert.is(await environmentOf(rolled[0]!, 'LOG_LEVEL'), 'debug')
  const result = await cluster.headway(['rollback'])
  assert.is(result.code, 0, result.stderr)
  await cluster.wait()
  const back = await cluster.pods('web')
  assert.equal([...new Set(back.map(replicaSet))], [...new Set(before.map(replicaSet))])
  assert.is(await environmentOf(back[0]!, 'LOG_LEVEL'), 'info')
  await must('git', ['pull', '--quiet'], { cwd: cluster.clone })
})

commits('the delete brake holds deletions, the rest of the commit goes on, and confirm lets them go', async () => {
  const greeter = idsOf(await cluster.pods('greeter'))
  await cluster.push('greeter goes, web has two', (files) => {
    files.remove('apps/greeter/greeter.yaml')
    files.replace(WEB, 'replicas: 3', 'replicas: 2')
  })
  const waited = await cluster.wait(1)
  assert.match(waited.stdout, /deletions wait/)
  assert.is((await cluster.pods('web')).length, 2)
  assert.equal(idsOf(await cluster.pods('greeter')), greeter)
  const { brake } = await cluster.status()
  assert.equal(brake?.keys, ['Deployment.apps/demo/greeter', 'Service./demo/greeter'])
  const wrong = await cluster.headway(['confirm', '0123456789abcdef'])
  assert.is(wrong.code, 1)
  const confirmed = await cluster.headway(['confirm', brake?.hash.slice(0, 8) ?? ''])
  assert.is(confirmed.code, 0, confirmed.stderr)
  await cluster.wait()
  assert.equal(await cluster.pods('greeter'), [])
  assert.is((await cluster.pods('web')).length, 2)
})

commits('a held deletion is let go by the trailer of a later commit, whose other changes go on as well', async () => {
  await cluster.push('greeter comes back', (files) => files.write('apps/greeter/greeter.yaml', greeter))
  await cluster.wait()
  const before = idsOf(await cluster.pods('greeter'))
  await cluster.push('greeter goes again, web has three', (files) => {
    files.remove('apps/greeter/greeter.yaml')
    files.replace(WEB, 'replicas: 2', 'replicas: 3')
  })
  assert.match((await cluster.wait(1)).stdout, /deletions wait/)
  await waitFor('the rest of the commit', 30_000, async () => (await cluster.pods('web')).length === 3)
  const { brake } = await cluster.status()
  assert.equal(brake?.keys, ['Deployment.apps/demo/greeter', 'Service./demo/greeter'])
  // A trailer of another set lets nothing go.
  await cluster.push(`web has two\n\nHeadway-Confirm-Delete: ${'0'.repeat(brake?.hash.length ?? 8)}`, (files) =>
    files.replace(WEB, 'replicas: 3', 'replicas: 2'),
  )
  assert.match((await cluster.wait(1)).stdout, /deletions wait/)
  assert.equal(idsOf(await cluster.pods('greeter')), before)
  await cluster.push(`web has three\n\nThe greeter is not needed.\n\nHeadway-Confirm-Delete: ${brake?.hash}`, (files) =>
    files.replace(WEB, 'replicas: 2', 'replicas: 3'),
  )
  await cluster.wait()
  assert.equal(await cluster.pods('greeter'), [])
  assert.is((await cluster.pods('web')).length, 3)
  assert.is((await cluster.status()).brake, null)
})

async function pidOf(pod: PodView): Promise<string> {
  return must('docker', ['inspect', '--format', '{{.State.Pid}}', pod.containerIds[0] ?? ''])
}

async function environmentOf(pod: PodView, name: string): Promise<string | undefined> {
  const text = await must('docker', ['inspect', '--format', '{{json .Config.Env}}', pod.containerIds[0] ?? ''])
  const lines = JSON.parse(text) as readonly string[]
  return lines.find((line) => line.startsWith(`${name}=`))?.slice(name.length + 1)
}

commits.run()
