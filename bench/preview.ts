/**
 * How long the preview of one changed image takes, without and with the change and back again: 20 hosts with 300 pods, and
 * 1,000 hosts with 30,000. The clusters are brought to rest beforehand and are not part of the time.
 */
import { previewChange } from '../src/simulation/preview/preview-change.js'
import { makeRestingCluster } from './support/resting-cluster.js'

interface Size {
  readonly name: string
  readonly nodes: number
  readonly workloads: number
  readonly replicas: number
  readonly rounds: number
}

const sizes: readonly Size[] = [
  { name: '300-pods', nodes: 20, workloads: 30, replicas: 10, rounds: 9 },
  { name: '30000-pods', nodes: 1_000, workloads: 1_000, replicas: 30, rounds: 3 },
]

const rows: object[] = []
for (const { name, nodes, workloads, replicas, rounds } of sizes) {
  const { snapshot, base, head } = makeRestingCluster({ nodes, workloads, replicas })
  const times: number[] = []
  for (let round = 0; round < rounds; round++) {
    const started = performance.now()
    const preview = previewChange({ snapshot, base, head })
    times.push(performance.now() - started)
    if (preview.restarts !== replicas || preview.verdict === 'fail')
      throw new Error(`the preview is wrong: ${preview.restarts} restarts, ${JSON.stringify(preview.risks)}`)
  }
  const sorted = [...times].sort((left, right) => left - right)
  const median = sorted[sorted.length >> 1] ?? 0
  rows.push({ name: `preview-${name}`, value: Math.round(median), unit: 'ms', better: 'lower' })
  console.error(`${name}: ${times.map(Math.round).join(', ')} ms`)
}
rows.push({
  name: 'preview-memory',
  value: Math.round(process.resourceUsage().maxRSS / 1_024),
  unit: 'MB',
  better: 'lower',
})
console.log(JSON.stringify(rows))
