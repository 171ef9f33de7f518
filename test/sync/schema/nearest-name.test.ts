import fc from 'fast-check'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { nameBeginningLike, nearestName } from '../../../src/sync/schema/nearest-name.js'

const nearest = suite('nearest-name')

const names = [
  'containers',
  'dnsPolicy',
  'hostNetwork',
  'image',
  'imagePullPolicy',
  'labels',
  'nodeName',
  'replicas',
  'spec',
]
const rows: readonly (readonly [string, string | null])[] = [
  ['containers', 'containers'],
  ['container', 'containers'],
  ['contianers', 'containers'],
  ['Containers', 'containers'],
  ['imagepullpolicy', 'imagePullPolicy'],
  ['imagePullPolice', 'imagePullPolicy'],
  ['lables', 'labels'],
  ['sepc', 'spec'],
  ['spc', 'spec'],
  ['nodename', 'nodeName'],
  ['replika', 'replicas'],
  ['command', null],
  ['x', null],
  ['', null],
]
for (const [typed, expected] of rows) {
  nearest(`${typed} means ${expected ?? 'nothing known'}`, () => {
    assert.is(nearestName(typed, names), expected)
  })
}

const beginnings: readonly (readonly [string, string | null])[] = [
  ['replicaCount', 'replicas'],
  ['Replicas2', 'replicas'],
  ['imageTag', 'image'],
  ['imagePullSecret', 'image'],
  ['containersOfPod', 'containers'],
  ['specification', 'spec'],
  ['spe', null],
  ['labe', 'labels'],
  ['hostPort', null],
  ['', null],
]
for (const [typed, expected] of beginnings) {
  nearest(`${typed} begins like ${expected ?? 'nothing known'}`, () => {
    assert.is(nameBeginningLike(typed, names), expected)
  })
}

nearest('one slip in a longer word is found', () => {
  fc.assert(
    fc.property(
      fc.constantFrom(...names.filter((name) => name.length > 5)),
      fc.nat(),
      fc.constantFrom('drop', 'double', 'swap'),
      (name, n, slip) => {
        const at = n % (name.length - 1)
        const typed =
          slip === 'drop'
            ? name.slice(0, at) + name.slice(at + 1)
            : slip === 'double'
              ? name.slice(0, at) + name[at] + name.slice(at)
              : name.slice(0, at) + name[at + 1] + name[at] + name.slice(at + 2)
        assert.is(nearestName(typed, names), name)
      },
    ),
  )
})

nearest.run()
