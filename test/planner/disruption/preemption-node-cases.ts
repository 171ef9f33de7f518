/**
 * The choice of the node: cases after kubernetes/kubernetes v1.36, pkg/scheduler/framework/plugins/defaultpreemption/
 * default_preemption_test.go (Apache-2.0): TestSelectBestCandidate, and of TestPreempt the one whose extenders change nothing.
 */
import { HIGHEST, held, LOW, MID, NEGATIVE, nodesOf, type PreemptionCase, wants } from './preemption-case.js'

/** For a pod that takes a whole node. */
function choosing(
  name: string,
  chosen: readonly string[],
  pods: readonly string[],
  pod: PreemptionCase['pod'] = wants('whole'),
): PreemptionCase {
  const list = held(...pods)
  return { name, nodes: nodesOf(...new Set(list.map(({ node }) => node))), pod, held: list, chosen }
}

export const nodeCases: readonly PreemptionCase[] = [
  choosing('either', ['n1', 'n2'], ['n1: large 100', 'n2: large 100'], wants('large')),
  choosing(
    'the lowest highest priority',
    ['n3'],
    ['n1: medium 100, large 100', 'n2: medium 100, medium 0', 'n3: medium 0, medium 0'],
  ),
  choosing(
    'then the lowest sum of priorities',
    ['n2'],
    ['n1: medium 100, large 100', 'n2: large 100, medium 0', 'n3: medium 100, medium 100'],
  ),
  choosing('of the same highest priority one rather than two', ['n2'], ['n1: small 100, small 0', 'n2: large 100']),
  choosing(
    'then the fewest pods',
    ['n2'],
    [
      `n1: small ${MID}, small ${NEGATIVE}, small ${MID}, small ${NEGATIVE}`,
      `n2: large ${MID}, medium ${NEGATIVE}`,
      `n3: medium ${MID}, small ${NEGATIVE}, small ${LOW}`,
    ],
  ),
  choosing(
    'priorities below zero do not pay for more pods',
    ['n2'],
    [
      `n1: small ${MID}, small ${NEGATIVE}, small ${NEGATIVE}`,
      `n2: large ${MID}, medium ${NEGATIVE}`,
      `n3: medium ${MID}, small ${NEGATIVE}, small ${LOW}`,
    ],
  ),
  choosing(
    'highest, sum and number each favour another node',
    ['n1'],
    [
      'n1: small 100, small 0, small 0',
      'n2: large 1000',
      'n3: medium 100, small 0, small 0, medium 0',
      `n4: medium 100, small 100, small 100, small ${NEGATIVE}`,
    ],
    wants('whole', HIGHEST),
  ),
  choosing(
    'then the youngest work',
    ['n2'],
    ['n1: medium 100@2, medium 100@2', 'n2: medium 100@3, medium 100@3', 'n3: medium 100@1, medium 100@1'],
  ),
  choosing(
    'by the earliest start on each node',
    ['n3'],
    ['n1: medium 100@4, medium 100@2', 'n2: medium 100@5, medium 100@1', 'n3: medium 100@3, medium 100@6'],
  ),
  choosing(
    'of those of the highest priority',
    ['n2'],
    ['n1: medium 0@4, medium 100@2', 'n2: medium 100@6, medium 0@1', 'n3: medium 0@3, medium 100@5'],
  ),
]
