/**
 * Faults planted in the core's and the agent's logic to see whether the simulator finds them: each a replacement in the
 * compiled text, so that production code carries no switch for it.
 */

export interface Patch {
  /** Below the compiled `src`. */
  readonly file: string
  /** Must occur exactly once. */
  readonly find: string
  readonly put: string
}

export interface Mutation {
  readonly name: string
  readonly what: string
  readonly patches: readonly Patch[]
}

/** Takes the plan checker's voice away, so that the simulator's own invariants must find what is wrong. */
const blindChecker: Patch = {
  file: 'planner/check-plan.js',
  find: 'return survey.notes;',
  put: 'return [];',
}

export const mutations: readonly Mutation[] = [
  {
    name: 'no-surge-limit',
    what: 'a rollout starts all new pods at once, and the plan checker says nothing',
    patches: [
      blindChecker,
      {
        file: 'reconcile/rollout.js',
        find: 'Math.min(desired + maxSurge - total, desired - current.replicas)',
        put: 'desired - current.replicas',
      },
    ],
  },
  {
    name: 'no-unavailable-limit',
    what: 'a rollout stops old pods as if none had to stay available, and the plan checker says nothing',
    patches: [
      blindChecker,
      {
        file: 'reconcile/rollout.js',
        find: 'const leastAvailable = desired - maxUnavailable;',
        put: 'const leastAvailable = 0;',
      },
    ],
  },
  {
    name: 'skipped-fence',
    what: 'managers send an assignment older than the agent has seen, and agents take it',
    patches: [
      {
        file: 'agents/core/core-orders.js',
        find: 'if (seen !== undefined && compareGenerations(assignment.generation, seen) < 0) {',
        put: 'if (false) {',
      },
      {
        file: 'manager/core/agent-links.js',
        find: 'if (seen !== undefined && compareGenerations(assignment.generation, seen) < 0)',
        put: 'if (false)',
      },
    ],
  },
  {
    name: 'forgotten-ledger',
    what: 'a restarted agent does not read the pods in its ledger',
    patches: [
      {
        file: 'agents/core/core-state.js',
        find: '(ledger?.pods ?? [])',
        put: '[]',
      },
    ],
  },
  {
    name: 'prune-outside-inventory',
    what: 'what is not desired is pruned without looking into the inventory, and the plan checker says nothing',
    patches: [
      blindChecker,
      {
        file: 'planner/steps/reconcile-workloads.js',
        find: 'const isKept = row.desired === null && isHeld(pass, row.key);',
        put: 'const isKept = false;',
      },
    ],
  },
  {
    name: 'prune-while-unreadable',
    what: 'files that cannot be read do not hold deletions back, and the plan checker says nothing',
    patches: [blindChecker, { file: 'reconcile/prune.js', find: 'if (desired.hasUnreadable) {', put: 'if (false) {' }],
  },
  {
    name: 'no-delete-brake',
    what: 'a commit that deletes everything is carried out without a confirmation',
    patches: [
      {
        file: 'reconcile/prune.js',
        find: 'prune: released.map((entry) => entry.key),',
        put: 'prune: deletions.map((entry) => entry.key),',
      },
    ],
  },
  {
    name: 'stop-in-endpoints',
    what: 'pods are told to stop while they are in the endpoints, and the plan checker says nothing',
    patches: [
      blindChecker,
      {
        file: 'planner/steps/advance-stops.js',
        find: 'else if (pass.acknowledgedVersion >= stop.networkVersion) {',
        put: 'else if (true) {',
      },
    ],
  },
  {
    name: 'early-orphans',
    what: 'an agent stops what it does not know before it has an assignment',
    patches: [
      {
        file: 'agents/core/core-step.js',
        find: 'if (state.isFenced && state.isEngineUp)',
        put: 'if (state.isEngineUp)',
      },
    ],
  },
  {
    name: 'started-with-stop-order',
    what: 'an agent starts a pod that comes with the order to stop',
    patches: [
      {
        file: 'agents/core/core-orders.js',
        find: 'if (stop !== null && !isEqual(stop, orderBefore))',
        put: 'if (stop !== null && orderBefore !== null && !isEqual(stop, orderBefore))',
      },
    ],
  },
  {
    name: 'commit-in-template-hash',
    what: 'the template hash takes in the commit: a change of replicas restarts every pod',
    patches: [
      {
        file: 'reconcile/template-revision.js',
        find: 'known ?? templateHash(template, environmentDigests)',
        put: 'known ?? templateHash(template, environmentDigests) + (input.desired?.commit ?? "").slice(0, 4)',
      },
    ],
  },
  {
    name: 'overfull-hosts',
    what: 'the scheduler does not count the processors that pods ask for, and the plan checker says nothing',
    patches: [
      blindChecker,
      {
        file: 'planner/scheduler/filters/node-resources-fit.js',
        find: 'if (cpuMilli > 0 && cpuMilli > cpuAllocatable[row] - cpuRequested[row])',
        put: 'if (false)',
      },
    ],
  },
  {
    name: 'silent-waits',
    what: 'nothing says what it waits on',
    patches: [
      { file: 'planner/steps/list-waiting.js', find: 'if (reason !== null)', put: 'if (false)' },
      {
        file: 'planner/steps/list-waiting.js',
        find: 'for (const row of index.waitingWorkloads)',
        put: 'for (const row of [])',
      },
    ],
  },
  {
    name: 'no-dispatch',
    what: 'a committed plan is not sent: agents hear of it when they connect again',
    patches: [
      {
        file: 'manager/core/agent-links.js',
        find: 'sent(assignment.node);',
        put: ';',
      },
    ],
  },
  {
    name: 'same-names-again',
    what: 'pods get the name and uid of one that was there before',
    patches: [
      {
        file: 'planner/steps/reconcile-workloads.js',
        find: 'let incarnations = Math.max(record.incarnations, (input.generation.epoch - 1) * INCARNATIONS_AN_EPOCH);',
        put: 'let incarnations = 0;',
      },
      {
        file: 'planner/steps/reconcile-workloads.js',
        find: 'while (isKnown(pass, identity.uid)) {',
        put: 'while (false) {',
      },
    ],
  },
  {
    name: 'restart-at-restart',
    what: 'an agent that restarts does not adopt the containers of its pods',
    patches: [
      {
        file: 'agents/core/core-engine.js',
        find: 'if (shown.labels[LABEL_SPEC] !== adoptionHash(pod.assigned, name))',
        put: 'if (state.link === "closed")',
      },
    ],
  },
  {
    name: 'no-adoption',
    what: 'a manager that has lost its store does not take over what runs',
    patches: [{ file: 'planner/steps/adopt-pods.js', find: '!knowsBetter(pass, node)', put: 'true' }],
  },
  {
    name: 'deaf-to-silence',
    what: 'the manager does not notice that nodes say nothing',
    patches: [{ file: 'manager/core/observed-nodes.js', find: 'now - heardAt <= SILENT_AFTER_MS', put: 'true' }],
  },
  {
    name: 'no-budgets',
    what: 'drains ask no disruption budget, and the plan checker says nothing',
    patches: [
      blindChecker,
      {
        file: 'planner/disruption/budget-ledger.js',
        find: 'const answer = askBudget(candidate, entry.spec, entry.counts);',
        put: 'const answer = "free";',
      },
    ],
  },
  {
    name: 'managers-clock-set-back',
    what: "the manager's time goes back with its host's clock",
    patches: [
      {
        file: 'manager/steady-clock.js',
        find: 'at = Math.max(sources.wallNow(), at + elapsedMs - before);',
        put: 'at = sources.wallNow();',
      },
    ],
  },
  {
    name: 'agents-clock-set-back',
    what: "an agent's time goes back with its host's clock",
    patches: [{ file: 'agents/core/core-clock.js', find: 'if (at >= clock.lastAt) {', put: 'if (true) {' }],
  },
  {
    name: 'same-addresses',
    what: 'every pod of a node gets the same address, and the plan checker says nothing',
    patches: [blindChecker, { file: 'planner/pod-addresses.js', find: 'hash32(uid), isUsed)', put: '0, () => false)' }],
  },
]
