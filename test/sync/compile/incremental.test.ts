/** A state compiled commit by commit is the one compiled from nothing: held versions need no memory of their own. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { makeRandom } from '../../../src/base/random.js'
import type { DesiredState } from '../../../src/model/desired-state.js'
import { StateCompiler } from '../../../src/sync/compile/compile-state.js'
import { ParseCache } from '../../../src/sync/compile/parse-cache.js'
import { openTimeline } from '../../../src/sync/compile/source-pipeline.js'
import { compileRevision } from '../../../src/sync/compile-revision.js'
import { Repository } from '../../../src/sync/git/repository.js'
import { makeFixture } from '../support/git-fixture.js'
import { configMap, deployment, namespace, secret } from '../support/manifests.js'
import { DIGEST_KEY } from '../support/open-sync.js'

const incremental = suite('incremental')

/** Everything that must be equal; the commit at which an unchanged object was first read may differ. */
function summary(state: DesiredState): unknown {
  return {
    revision: state.revision,
    objects: [...state.objects].map(([key, { hash, app, origin, config }]) => [key, hash, app, origin, config?.digest]),
    apps: [...state.apps.values()],
    problems: state.problems,
    hasUnreadable: state.hasUnreadable,
    additions: [...state.revertedAdditions].sort(),
    configuration: state.configuration,
  }
}

for (const seed of [1, 2, 3]) {
  incremental(`forty random commits, seed ${seed}`, async () => {
    const random = makeRandom(seed)
    const fixture = makeFixture()
    const repository = new Repository(fixture.work)
    const timeline = openTimeline({ repository, path: '', cache: new ParseCache(null), digestKey: DIGEST_KEY })
    const compiler = new StateCompiler({ keep: () => {} })
    let before: DesiredState | null = null
    try {
      for (let i = 0; i < 40; i++) {
        const commit = fixture.commitOnly(randomFiles(random, i))
        if (random.chance(0.1) && i > 2) fixture.git('revert', '--no-edit', 'HEAD')
        // Not every commit is seen: pushes carry several.
        if (random.chance(0.3)) continue
        const head = fixture.git('rev-parse', 'HEAD')
        const source = { id: 'main', url: fixture.work, branch: 'HEAD', path: '', timeline, commit: head }
        const state: DesiredState = await compiler.compile({ sources: [source], isSourceMissing: false })
        const fresh = await compileRevision({
          repository: fixture.work,
          revision: head,
          path: '',
          digestKey: DIGEST_KEY,
        })
        assert.equal(summary(state), summary(fresh), `commit ${i} ${commit}`)
        assert.equal([...state.objects.keys()], [...state.objects.keys()].sort())
        for (const [key, object] of state.objects) {
          const was: DesiredState['objects'] | undefined = before?.objects
          const old = was?.get(key)
          if (old?.hash === object.hash) assert.is(object.manifest, old.manifest)
        }
        before = state
      }
    } finally {
      repository.close()
      fixture.remove()
    }
  })
}

function randomFiles(random: ReturnType<typeof makeRandom>, i: number): Record<string, string | null> {
  const app = `app${random.integer(0, 3)}`
  const name = `n${random.integer(0, 4)}`
  const file = `${app}/${name}.yaml`
  switch (random.integer(0, 9)) {
    case 0:
      return { [file]: 'a: [broken\n' }
    case 1:
      return { [file]: null, 'keep.md': `${i}` }
    case 2:
      return { [file]: deployment(name, { label: `l${random.integer(0, 1)}` }) }
    case 3:
      return { [`${app}/extra.yaml`]: configMap(name, { from: app }) }
    case 4:
      return { [file]: configMap(name, { i: `${i}` }, 'shop') }
    case 5:
      return { 'ns/shop.yaml': random.chance(0.6) ? namespace('shop') : null, 'keep.md': `${i}` }
    case 6:
      return { [file]: secret(name, { password: `p${random.integer(0, 2)}` }) }
    case 7:
      return { [`${app}/nested/${name}.yaml`]: `# ${i}\n${configMap(`nested-${app}`, { i: name })}` }
    default:
      return { [file]: configMap(`${app}-${name}`, { i: `${i}` }) }
  }
}

incremental.run()
