/** Previews of one changed image: 20 hosts with 300 pods, and 1,000 hosts with 30,000. */
import { measurePreview, type PreviewSize } from './support/preview-rows.js'

const sizes: readonly PreviewSize[] = [
  { name: '300-pods', nodes: 20, workloads: 30, replicas: 10, rounds: 9 },
  { name: '30000-pods', nodes: 1_000, workloads: 1_000, replicas: 30, rounds: 3 },
]

const rows: object[] = sizes.map((size) => ({
  name: `preview-${size.name}`,
  value: Math.round(measurePreview(size)),
  unit: 'ms',
  better: 'lower',
}))
rows.push({
  name: 'preview-memory',
  value: Math.round(process.resourceUsage().maxRSS / 1_024),
  unit: 'MB',
  better: 'lower',
})
console.log(JSON.stringify(rows))
