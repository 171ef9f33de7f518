/** What history can answer: commits of a branch, which objects changed between two of them, and who changed a line last. */
export { blameObject } from './history/blame.js'
export type {
  BlameInput,
  BlameView,
  CommitView,
  FieldChange,
  LineRange,
  ObjectChange,
  ObjectLinesInput,
  RetouchInput,
  UnchangedObject,
} from './history/history-types.js'
export { listCommits } from './history/list-commits.js'
export { changesBetween, diffFields, diffObjects } from './history/object-diff.js'
export { linesOfObject } from './history/object-lines.js'
export { retouchedObjects } from './history/retouched-objects.js'
