/** The scores of a profile that have something to say of a class, with their weights. */
import type { Evaluation, Weighted } from './plug-in.js'

export function prepareScores<T>(
  plugins: readonly { readonly name: string; prepare(evaluation: Evaluation): T | null }[],
  evaluation: Evaluation,
): Weighted<T>[] {
  return plugins.flatMap(({ name, prepare }) => {
    const weight = evaluation.profile.weights[name] ?? 0
    const plugin = weight === 0 ? null : prepare(evaluation)
    return plugin === null ? [] : [{ weight, plugin }]
  })
}
