/** Whether a commit did what its reviewed plan said, in the words that history, status and wait share. */
import type { ReviewedPlan } from '../../model/reviewed-plan.js'
import type { Colors } from '../context.js'
import { formatCommit } from './format.js'

/** One line without its end: `not as reviewed: host node2 left; the plan differs: …`. */
export function reviewText({ outcome, changes, commit }: ReviewedPlan, colors: Colors): string {
  const details = changes.length === 0 ? '' : `: ${changes.join('; ')}`
  switch (outcome) {
    case 'as-reviewed':
      return `${colors.green('as reviewed')}${details}`
    case 'differs':
      return `${colors.yellow('not as reviewed')}${details}`
    case 'unreadable':
      return `${colors.yellow('reviewed plan unknown')}: the Headway-Plan trailer of ${formatCommit(commit)}${details}`
    case 'unchecked':
      return `${colors.yellow('not compared with its reviewed plan')}${details}`
    case 'checking':
      return 'being compared with its reviewed plan'
  }
}

/** For a column of a table. */
export function reviewWord(reviewed: ReviewedPlan | undefined): string {
  if (reviewed === undefined) return '-'
  return reviewed.outcome === 'as-reviewed' ? 'as reviewed' : reviewed.outcome
}
