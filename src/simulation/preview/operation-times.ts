/**
 * How long each step of a pod takes in a preview: what was measured on this cluster for the same template, workload,
 * image or repository, else a documented default; each number with its source (docs/plan.md).
 */
import { compareText } from '../../base/ordered.js'
import type { AssignedPod } from '../../model/assignment.js'
import type { DurationSamples, DurationStep, RecordedDurations } from '../../model/recorded-durations.js'
import { templateDurationKey } from '../../model/recorded-durations.js'
import { repositoryOf } from '../../planner/image-reference.js'

export type TimeSource = 'template' | 'workload' | 'image' | 'repository' | 'cluster' | 'default'

export interface StepTime {
  readonly ms: number
  readonly source: TimeSource
}

/** One number that a preview used, for people to judge it by. */
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

/** Of starts the quicker ones count: the others shared the host with more of their kind, which the preview adds by itself. */
const QUANTILES: Readonly<Record<DurationStep, number>> = { pull: 0.5, start: 0.25, ready: 0.5, stop: 0.5 }

export class OperationTimes {
  readonly #durations: RecordedDurations
  readonly #found = new Map<string, StepTime>()
  readonly #used = new Map<string, UsedTime>()
  /** Samples of all templates of a workload, and of all images of a repository. */
  readonly #byWorkload = new Map<string, DurationSamples[]>()
  readonly #byRepository = new Map<string, DurationSamples[]>()

  constructor(durations: RecordedDurations) {
    this.#durations = durations
    for (const [key, samples] of durations.templates)
      push(this.#byWorkload, key.slice(0, key.lastIndexOf('@')), samples)
    for (const [reference, samples] of durations.images) push(this.#byRepository, repositoryOf(reference), samples)
  }

  /** Pulling an image to a node that lacks it. */
  pull(reference: string): StepTime {
    return this.#use('pull', reference, `pull ${reference}`, () => {
      return (
        pick('image', 'pull', [this.#durations.images.get(reference)]) ??
        pick('repository', 'pull', this.#byRepository.get(repositoryOf(reference)) ?? []) ??
        pick('cluster', 'pull', [...this.#durations.images.values()])
      )
    })
  }

  /** `start`, `ready` or `stop` of a pod. */
  pod(step: 'start' | 'ready' | 'stop', pod: Pick<AssignedPod, 'workload' | 'templateHash' | 'spec'>): StepTime {
    const { workload, templateHash, spec } = pod
    return this.#use(step, workload, `${step} ${workload}@${templateHash}`, () => {
      const images = spec.containers.map((container) => container.image ?? '')
      const ofImages = images.map((image) => this.#durations.images.get(image))
      const ofRepositories = images.flatMap((image) => this.#byRepository.get(repositoryOf(image)) ?? [])
      // How long a container takes to be made says more of the host than of the template: many samples are better.
      if (step === 'start') {
        const all = [...this.#durations.templates.values()]
        return (
          pick('workload', step, this.#byWorkload.get(workload) ?? []) ??
          pick('image', step, ofImages) ??
          pick('cluster', step, all)
        )
      }
      return (
        pick('template', step, [this.#durations.templates.get(templateDurationKey(workload, templateHash))]) ??
        pick('workload', step, this.#byWorkload.get(workload) ?? []) ??
        pick('image', step, ofImages) ??
        pick('repository', step, ofRepositories)
      )
    })
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

  #use(step: DurationStep, subject: string, key: string, find: () => StepTime | null): StepTime {
    let time = this.#found.get(key)
    if (time === undefined) {
      time = find() ?? { ms: DEFAULT_TIMES[step], source: 'default' }
      this.#found.set(key, time)
    }
    if (!this.#used.has(key)) this.#used.set(key, { step, subject, ...time })
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
  return ms === undefined ? null : { ms, source }
}
