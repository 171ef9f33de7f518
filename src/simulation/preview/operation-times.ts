/**
 * How long each step of a pod takes in a preview: what was measured on this cluster for the same template, workload,
 * image or repository, else a documented default; each number with its source (docs/plan.md). A start is what the
 * workload takes alone, times how slow its host was lately.
 */
import { compareText } from '../../base/ordered.js'
import type { AssignedPod } from '../../model/assignment.js'
import type { DurationSamples, DurationStep, RecordedDurations } from '../../model/recorded-durations.js'
import { templateDurationKey, workloadOfTemplate } from '../../model/recorded-durations.js'
import { repositoryOf } from '../../planner/image-reference.js'
import { HostPaces } from './host-paces.js'

export type TimeSource = 'template' | 'workload' | 'image' | 'repository' | 'cluster' | 'default'

export interface StepTime {
  readonly ms: number
  readonly source: TimeSource
  /** How many measurements it is made of; 0 for a default. */
  readonly samples: number
  /** The host whose last starts are in it; absent where hosts make no difference. */
  readonly node?: string
}

/** What of a pod its times depend on. */
export type TimedPod = Pick<AssignedPod, 'workload' | 'templateHash' | 'spec'>

/** One number that a preview used, for people to judge it by; of several hosts the one where it takes longest. */
export interface UsedTime extends StepTime {
  readonly step: DurationStep
  /** An image reference for `pull`, else a workload's key. */
  readonly subject: string
}

/**
 * Without any measurement. pull: some 50 MB over 100 Mbit/s, unpacked; start: creating and starting a container on a
 * Docker Engine of 2020; ready: a program that listens within two seconds; stop: a program that hears TERM.
 */
export const DEFAULT_TIMES: Readonly<Record<DurationStep, number>> = {
  pull: 5_000,
  start: 400,
  ready: 2_000,
  stop: 500,
}

/** Of starts and stops the quicker ones count: the others shared the host with more of their kind, which the preview adds by itself. */
const QUANTILES: Readonly<Record<DurationStep, number>> = { pull: 0.5, start: 0.25, ready: 0.5, stop: 0.25 }

/** Of a stop the engine's own part: what is taken without any measurement, and at the most. */
const ENGINE_STOP_DEFAULT_MS = 60
const ENGINE_STOP_MAX_MS = 200

/** A number that is asked for. */
interface Asked {
  readonly step: DurationStep
  readonly subject: string
  /** What it is of, to the last detail that counts; `node` apart. */
  readonly of: string
  readonly node?: string
}

export class OperationTimes {
  readonly #durations: RecordedDurations
  readonly #found = new Map<string, StepTime>()
  readonly #used = new Map<string, UsedTime>()
  /** Samples of all templates of a workload, and of all images of a repository. */
  readonly #byWorkload = new Map<string, DurationSamples[]>()
  readonly #byRepository = new Map<string, DurationSamples[]>()
  readonly #paces: HostPaces
  #engineStopMs: number | null = null

  constructor(durations: RecordedDurations) {
    this.#durations = durations
    this.#paces = new HostPaces(durations)
    for (const [key, samples] of durations.templates) push(this.#byWorkload, workloadOfTemplate(key), samples)
    for (const [reference, samples] of durations.images) push(this.#byRepository, repositoryOf(reference), samples)
  }

  /** Pulling an image to a node that lacks it. */
  pull(reference: string): StepTime {
    return this.#use({ step: 'pull', subject: reference, of: reference }, () => {
      return (
        pick('image', 'pull', [this.#durations.images.get(reference)]) ??
        pick('repository', 'pull', this.#byRepository.get(repositoryOf(reference)) ?? []) ??
        pick('cluster', 'pull', [...this.#durations.images.values()])
      )
    })
  }

  /** Making and starting a pod on a host where nothing else starts. */
  start(pod: TimedPod, node: string): StepTime {
    const { workload, templateHash, spec } = pod
    const asked = { step: 'start', subject: workload, of: `${workload}@${templateHash}` } as const
    // How long init containers run is the program's doing, whatever the host.
    if ((spec.initContainers?.length ?? 0) > 0) return this.#use(asked, () => this.#measuredStart(pod))
    return this.#use({ ...asked, node }, () => {
      const usual = this.#usualStart(pod)
      const { factor, samples } = this.#paces.pace(node)
      if (samples === 0 || usual === null) return usual
      return { ...usual, ms: Math.round(usual.ms * factor), samples, node }
    })
  }

  /** How much longer a start on a host takes for each other that is under way there, as a share. */
  slowdown(node: string): number {
    return this.#paces.slowdown(node)
  }

  /** From running until ready, or from being told to stop until gone. */
  pod(step: 'ready' | 'stop', { workload, templateHash, spec }: TimedPod): StepTime {
    return this.#use({ step, subject: workload, of: `${workload}@${templateHash}` }, () => {
      const images = spec.containers.map((container) => container.image ?? '')
      return (
        pick('template', step, [this.#durations.templates.get(templateDurationKey(workload, templateHash))]) ??
        pick('workload', step, this.#byWorkload.get(workload) ?? []) ??
        pick('image', step, this.#ofImages(spec)) ??
        pick(
          'repository',
          step,
          images.flatMap((image) => this.#byRepository.get(repositoryOf(image)) ?? []),
        )
      )
    })
  }

  /** What the engine does for any stop, in milliseconds: the quickest stop of this cluster. */
  engineStopMs(): number {
    if (this.#engineStopMs === null) {
      let least = Number.POSITIVE_INFINITY
      for (const { stop = [] } of this.#durations.templates.values()) for (const ms of stop) least = Math.min(least, ms)
      this.#engineStopMs = Number.isFinite(least) ? Math.min(least, ENGINE_STOP_MAX_MS) : ENGINE_STOP_DEFAULT_MS
    }
    return this.#engineStopMs
  }

  /** Every number that was asked for, by step and subject. */
  used(): readonly UsedTime[] {
    return [...this.#used.values()].sort(
      (left, right) => compareText(left.subject, right.subject) || compareText(left.step, right.step),
    )
  }

  /** From now on only what is asked for anew counts as used. */
  forgetUsed(): void {
    this.#used.clear()
  }

  /** Alone, on a host of usual speed. How long it takes says more of hosts than of templates: many samples are better. */
  #usualStart(pod: TimedPod): StepTime | null {
    const own = this.#paces.usual(pod.workload)
    if (own !== null) return { ...own, source: 'workload' }
    const measured = this.#measuredStart(pod)
    const any = this.#paces.usualOfAll()
    return any === null || (measured !== null && measured.source !== 'cluster')
      ? measured
      : { ...any, source: 'cluster' }
  }

  /** As it was in whatever company it had. */
  #measuredStart({ workload, spec }: TimedPod): StepTime | null {
    return (
      pick('workload', 'start', this.#byWorkload.get(workload) ?? []) ??
      pick('image', 'start', this.#ofImages(spec)) ??
      pick('cluster', 'start', [...this.#durations.templates.values()])
    )
  }

  #ofImages(spec: TimedPod['spec']): (DurationSamples | undefined)[] {
    return spec.containers.map((container) => this.#durations.images.get(container.image ?? ''))
  }

  #use(asked: Asked, find: () => StepTime | null): StepTime {
    const { step, subject, of, node = '' } = asked
    const key = `${step} ${of} ${node}`
    let time = this.#found.get(key)
    if (time === undefined) {
      time = find() ?? { ms: DEFAULT_TIMES[step], source: 'default', samples: 0 }
      this.#found.set(key, time)
    }
    const used = this.#used.get(`${step} ${of}`)
    if (used === undefined || used.ms < time.ms) this.#used.set(`${step} ${of}`, { step, subject, ...time })
    return time
  }
}

function push(map: Map<string, DurationSamples[]>, key: string, samples: DurationSamples): void {
  const list = map.get(key)
  if (list === undefined) map.set(key, [samples])
  else list.push(samples)
}

function pick(source: TimeSource, step: DurationStep, from: readonly (DurationSamples | undefined)[]): StepTime | null {
  const sorted = from.flatMap((samples) => samples?.[step] ?? []).sort((left, right) => left - right)
  const ms = sorted[Math.floor((sorted.length - 1) * QUANTILES[step])]
  return ms === undefined ? null : { ms, source, samples: sorted.length }
}
