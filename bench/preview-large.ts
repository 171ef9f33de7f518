/** The preview of one changed image on 5,000 hosts with 150,000 pods: a process of its own, for its memory. */
import { measurePreview } from './support/preview-rows.js'

const ms = measurePreview({ name: 'preview-large', nodes: 5_000, workloads: 3_000, replicas: 50, rounds: 3 })
console.log(
  JSON.stringify([
    { name: 'preview-large', value: Math.round(ms) / 1_000, unit: 's', better: 'lower' },
    {
      name: 'preview-large-memory',
      value: Math.round(process.resourceUsage().maxRSS / 1_024),
      unit: 'MB',
      better: 'lower',
    },
  ]),
)
