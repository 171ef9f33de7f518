/** Keys, kinds, identities, selectors, taints: the small words of the model. */
import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { compareGenerations, formatGeneration, zeroGeneration } from '../../src/model/generation.js'
import { formatKey, makeKey, parseKey, podKey } from '../../src/model/keys.js'
import { apiVersionOf, isKind, type Kind, type KindInfo, kinds, parseKind } from '../../src/model/kinds.js'
import { makeUid, manifestPodIdentity, replicaPodIdentity, replicaSetKey } from '../../src/model/pod-identity.js'
import { formatProblem } from '../../src/model/problem.js'
import { matchesExpression, matchesLabels, matchesSelector } from '../../src/model/selector.js'
import { firstUntolerated, tolerates } from '../../src/model/taint.js'

const words = suite('words')
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/

words('a key names group, kind, namespace and name, and reads back', () => {
  assert.is(makeKey('Deployment', 'shop', 'web'), 'Deployment.apps/shop/web')
  assert.is(makeKey('Node', 'ignored', 'n1'), 'Node.//n1')
  assert.is(makeKey('Pod', 'default', 'web'), 'Pod./default/web')
  for (const kind of Object.keys(kinds) as Kind[]) {
    const namespace = kinds[kind].namespaced ? 'shop' : ''
    assert.equal(parseKey(makeKey(kind, namespace, 'web')), { kind, namespace, name: 'web' })
  }
  assert.throws(() => parseKey('Deploymint.apps/a/b'), /not an object key/)
  assert.throws(() => parseKey('Pod./default/'), /not an object key/)
  assert.is(formatKey('Deployment.apps/shop/web'), 'deployment/web in shop')
  assert.is(formatKey('Deployment.apps/default/web'), 'deployment/web')
  assert.is(podKey('shop', 'web-1'), 'shop/web-1')
})

words('kinds are found by the words people type', () => {
  assert.is(parseKind('deploy'), 'Deployment')
  assert.is(parseKind('Deployments'), 'Deployment')
  assert.is(parseKind('crds'), 'CustomResourceDefinition')
  assert.is(parseKind('widget'), null)
  assert.is(apiVersionOf('HorizontalPodAutoscaler'), 'autoscaling/v2')
  assert.is(apiVersionOf('Pod'), 'v1')
  assert.not.ok(isKind('toString'))
  const taken = new Set<string>()
  for (const info of Object.values(kinds) as KindInfo[]) {
    for (const word of [info.plural, ...info.shortNames]) {
      assert.not.ok(taken.has(word), word)
      taken.add(word)
    }
  }
})

words('identities are hashes: the same on every machine, another for every part', () => {
  assert.is(makeUid('x'), 'e83d1ccb-2e04-8a5c-ae04-8a5c2e048a5c')
  assert.is(replicaSetKey('Deployment.apps/shop/web', 'v1-abc'), 'ReplicaSet.apps/shop/web-td2zjk5m66')
  const set = 'ReplicaSet.apps/shop/web-abc'
  const pod = replicaPodIdentity('c', set, 'v1-abc', 0, 0)
  assert.equal(pod, { uid: 'f5c85abc-bd3a-8c3e-9c19-e36ba8bfc4ad', name: 'web-abc-dpm9b' })
  const others = [
    replicaPodIdentity('d', set, 'v1-abc', 0, 0),
    replicaPodIdentity('c', 'ReplicaSet.apps/shop/api-abc', 'v1-abc', 0, 0),
    replicaPodIdentity('c', set, 'v1-abd', 0, 0),
    replicaPodIdentity('c', set, 'v1-abc', 1, 0),
    replicaPodIdentity('c', set, 'v1-abc', 0, 1),
  ]
  assert.is(new Set([pod, ...others].map(({ uid }) => uid)).size, 6)
  const long = replicaPodIdentity('c', `ReplicaSet.apps/shop/${'x'.repeat(80)}`, 'v1', 0, 0)
  assert.is(long.name.length, 63)
  assert.is(manifestPodIdentity('c', 'Pod./default/web', 'v1', 0).name, 'web')
  fc.assert(fc.property(fc.string(), (text) => assert.match(makeUid(text), UUID)))
})

words('generations are ordered by epoch, then counter', () => {
  assert.ok(compareGenerations({ epoch: 1, counter: 9 }, { epoch: 2, counter: 0 }) < 0)
  assert.ok(compareGenerations({ epoch: 2, counter: 1 }, { epoch: 2, counter: 0 }) > 0)
  assert.is(compareGenerations(zeroGeneration, { epoch: 0, counter: 0 }), 0)
  assert.is(formatGeneration({ epoch: 3, counter: 17 }), '3.17')
})

const labels = { app: 'web', tier: '', size: '10' }
const expressions: readonly (readonly [string, string, readonly string[] | undefined, boolean])[] = [
  ['app', 'In', ['web', 'api'], true],
  ['app', 'In', ['api'], false],
  ['none', 'In', ['api'], false],
  ['app', 'NotIn', ['web'], false],
  ['app', 'NotIn', ['api'], true],
  ['none', 'NotIn', ['api'], true],
  ['tier', 'Exists', undefined, true],
  ['none', 'Exists', undefined, false],
  ['none', 'DoesNotExist', undefined, true],
  ['app', 'DoesNotExist', undefined, false],
  ['size', 'Gt', ['9'], true],
  ['size', 'Gt', ['10'], false],
  ['size', 'Lt', ['11'], true],
  ['size', 'Lt', ['ten'], false],
  ['app', 'Gt', ['1'], false],
  ['none', 'Lt', ['1'], false],
  ['app', 'Near', ['web'], false],
]
for (const [key, operator, list, expected] of expressions) {
  words(`${key} ${operator} ${list ?? ''} is ${expected}`, () => {
    const expression = list === undefined ? { key, operator } : { key, operator, values: list }
    assert.is(matchesExpression(labels, expression), expected)
  })
}

words('integers are compared to the last of 64 bits, and names of JavaScript are no labels', () => {
  const matches = (operator: string, value: string, bound: string): boolean =>
    matchesExpression({ n: value }, { key: 'n', operator, values: [bound] })
  assert.ok(matches('Gt', '9007199254740993', '9007199254740992'))
  assert.not(matches('Gt', '9007199254740992', '9007199254740992'))
  assert.ok(matches('Lt', '-9223372036854775808', '+0'))
  assert.not(matches('Lt', '-9223372036854775809', '0'))
  for (const key of ['constructor', 'toString']) {
    assert.not(matchesExpression({}, { key, operator: 'Exists' }))
    assert.ok(matchesExpression({}, { key, operator: 'DoesNotExist' }))
    assert.ok(matchesExpression({ [key]: 'a' }, { key, operator: 'In', values: ['a'] }))
  }
})

words('an empty selector matches all, an absent one nothing', () => {
  assert.ok(matchesSelector({}, {}))
  assert.not.ok(matchesSelector(labels, undefined))
  assert.ok(matchesLabels(labels, {}))
  assert.not.ok(matchesLabels({}, { app: 'web' }))
  const both = { matchLabels: { app: 'web' }, matchExpressions: [{ key: 'tier', operator: 'Exists' }] }
  assert.ok(matchesSelector(labels, both))
  assert.not.ok(matchesSelector({ app: 'web' }, both))
})

const taint = { key: 'k', value: 'v', effect: 'NoSchedule' }
const tolerations: readonly (readonly [string, Parameters<typeof tolerates>[0], boolean])[] = [
  ['equal', { key: 'k', operator: 'Equal', value: 'v', effect: 'NoSchedule' }, true],
  ['no operator means Equal', { key: 'k', value: 'v' }, true],
  ['another value', { key: 'k', value: 'w' }, false],
  ['another key', { key: 'l', value: 'v' }, false],
  ['another effect', { key: 'k', value: 'v', effect: 'NoExecute' }, false],
  ['Exists by key', { key: 'k', operator: 'Exists' }, true],
  ['Exists for all', { operator: 'Exists' }, true],
  ['an empty key needs Exists', { value: 'v' }, false],
]
for (const [name, toleration, expected] of tolerations) {
  words(`toleration: ${name}`, () => {
    assert.is(tolerates(toleration, taint), expected)
  })
}

words('the first taint of the wanted effects that nothing tolerates', () => {
  const soft = { key: 's', effect: 'PreferNoSchedule' }
  const evicting = { key: 'e', effect: 'NoExecute' }
  assert.is(firstUntolerated([soft, taint, evicting], [], ['NoSchedule', 'NoExecute']), taint)
  assert.is(
    firstUntolerated([soft, taint, evicting], [{ key: 'k', operator: 'Exists' }], ['NoSchedule', 'NoExecute']),
    evicting,
  )
  assert.is(firstUntolerated([soft], [], ['NoSchedule']), null)
})

words('problems print with file, line, column and path', () => {
  const problem = {
    severity: 'error',
    code: 'invalid-object',
    file: 'a.yaml',
    line: 3,
    column: 5,
    path: 'spec.replicas',
    message: 'must be an integer',
  } as const
  assert.is(formatProblem(problem), 'a.yaml:3:5: spec.replicas: must be an integer')
  assert.is(formatProblem({ ...problem, severity: 'warning', path: '' }), 'a.yaml:3:5: warning: must be an integer')
  assert.is(formatProblem({ ...problem, file: '', code: 'source' }), 'spec.replicas: must be an integer')
})

words.run()
