/** Freezes plain data all the way down: tests and the simulation hand frozen inputs to the core, so that a write throws. */
import { isMap } from './layered-map.js'

/** Freezes arrays, objects and the values of maps and sets (whose own methods stay callable); returns its argument. */
export function deepFreeze<T>(value: T): T {
  if (value === null || typeof value !== 'object' || Object.isFrozen(value)) return value
  Object.freeze(value)
  if (isMap(value) || value instanceof Set) for (const item of value.values()) deepFreeze(item)
  else for (const item of Object.values(value)) deepFreeze(item)
  return value
}
