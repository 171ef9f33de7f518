/** Kubernetes' own table cases of every score, re-typed; the sources stand in the tables. */
import { suite } from 'uvu'
import { balancedAllocation } from '../../../../src/planner/scheduler/scores/balanced-allocation.js'
import { imageLocality } from '../../../../src/planner/scheduler/scores/image-locality.js'
import { nodePreference } from '../../../../src/planner/scheduler/scores/node-preference.js'
import { podPreference } from '../../../../src/planner/scheduler/scores/pod-preference.js'
import { resourceFit } from '../../../../src/planner/scheduler/scores/resource-fit.js'
import { spreadPreference } from '../../../../src/planner/scheduler/scores/spread-preference.js'
import { taintPreference } from '../../../../src/planner/scheduler/scores/taint-preference.js'
import { balancedAllocationCases } from './balanced-allocation-cases.js'
import { imageLocalityCases } from './image-locality-cases.js'
import { nodePreferenceCases, taintPreferenceCases } from './node-preference-cases.js'
import { podPreferenceCases } from './pod-preference-cases.js'
import { resourceFitCases } from './resource-fit-cases.js'
import { testMovingScore, testRowScore } from './score-case.js'
import { spreadLevelCases } from './spread-level-cases.js'
import { spreadPreferenceCases } from './spread-preference-cases.js'

const scores = suite('score cases')
testRowScore(scores, resourceFit, resourceFitCases)
testRowScore(scores, balancedAllocation, balancedAllocationCases)
testRowScore(scores, imageLocality, imageLocalityCases)
testMovingScore(scores, nodePreference, nodePreferenceCases)
testMovingScore(scores, taintPreference, taintPreferenceCases)
testMovingScore(scores, spreadPreference, spreadPreferenceCases)
testMovingScore(scores, spreadPreference, spreadLevelCases)
testMovingScore(scores, podPreference, podPreferenceCases)
scores.run()
