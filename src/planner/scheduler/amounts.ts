/**
 * Amounts as the scheduler adds them up. Manifests and agents are checked before; what is nonsense all the same must not
 * make room for pods, nor spoil sums: thousands of amounts below the limit add up exactly, and come off again to zero.
 */

/** 4 PiB, or as many cores: no node has it, so what asks for more fits nowhere just the same. */
const AMOUNT_MAX = 2 ** 52

/** No number and less than nothing are nothing. */
export function usableAmount(amount: number | undefined): number {
  return amount !== undefined && amount > 0 ? Math.min(amount, AMOUNT_MAX) : 0
}
