/** Paths of files. */
import { invalid, type Report } from './report.js'

/** A path that must stay below where it begins: relative and without `..` (Kubernetes: validateLocalNonReservedPath, validateLocalDescendingPath). */
export function validateDescendingPath(path: string, report: Report): void {
  if (path.startsWith('/')) report.add(invalid(path, 'must be a relative path'))
  validateNoBacksteps(path, report)
}

export function validateNoBacksteps(path: string, report: Report): void {
  if (path.split('/').includes('..')) report.add(invalid(path, "must not contain '..'"))
}

export function validateAbsolutePath(path: string, report: Report): void {
  if (!path.startsWith('/')) report.add(invalid(path, 'must be an absolute path'))
}
