/** What is read from a template: ports of probes by number, images by pull policy, grace, and what is not carried out. */
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import type { Container, PodSpec } from '../../src/model/generated/kubernetes.js'
import { normalizeReference, repositoryOf } from '../../src/planner/image-reference.js'
import { type TemplateFacts, templateFacts } from '../../src/planner/template-facts.js'

function read(container: Partial<Container>, spec: Partial<PodSpec> = {}): TemplateFacts {
  return templateFacts({ spec: { containers: [{ name: 'main', image: 'demo:1', ...container }], ...spec } })
}

const facts = suite('template facts')

facts('probe and hook ports become numbers, all else stays', () => {
  const ports = [{ name: 'web', containerPort: 8_080 }]
  const get = (port: number | string) => ({ httpGet: { path: '/', port } })
  const { spec } = read({
    ports,
    livenessProbe: get('web'),
    readinessProbe: { tcpSocket: { port: 'web' }, periodSeconds: 3 },
    startupProbe: get('9'),
    lifecycle: { preStop: get('web') },
  })
  const [container] = spec.containers
  assert.equal(container?.livenessProbe, get(8_080))
  assert.equal(container?.readinessProbe, { tcpSocket: { port: 8_080 }, periodSeconds: 3 })
  assert.equal(container?.startupProbe, get(9))
  assert.equal(container?.lifecycle, { preStop: get(8_080) })
})

facts('reading what was read gives the same: adopted pods keep their assignment', () => {
  const first = read({ ports: [{ name: 'web', containerPort: 8_080 }], livenessProbe: { httpGet: { port: 'web' } } })
  assert.is(templateFacts({ spec: first.spec }).specHash, first.specHash)
})

interface ImageRow {
  readonly name: string
  readonly container: Partial<Container>
  readonly mayBePresent: boolean
  readonly mayPull: boolean
}

const imageRows: readonly ImageRow[] = [
  { name: 'a tag', container: { image: 'a:1' }, mayBePresent: true, mayPull: true },
  { name: 'latest', container: { image: 'a:latest' }, mayBePresent: false, mayPull: true },
  { name: 'no tag', container: { image: 'host:5000/a' }, mayBePresent: false, mayPull: true },
  { name: 'a digest', container: { image: 'a@sha256:00' }, mayBePresent: true, mayPull: true },
  { name: 'Always', container: { image: 'a:1', imagePullPolicy: 'Always' }, mayBePresent: false, mayPull: true },
  { name: 'Never', container: { image: 'a', imagePullPolicy: 'Never' }, mayBePresent: true, mayPull: false },
]
for (const row of imageRows)
  facts(`image with ${row.name}`, () => {
    const [need] = read(row.container).images
    assert.equal([need?.mayBePresent, need?.mayPull], [row.mayBePresent, row.mayPull])
  })

facts('grace is 30 s unless the spec says otherwise', () => {
  assert.is(read({}).graceMs, 30_000)
  assert.is(read({}, { terminationGracePeriodSeconds: 0 }).graceMs, 0)
})

facts('a volume that is not carried out is named', () => {
  assert.is(read({}, { volumes: [{ name: 'v', emptyDir: {} }] }).unsupported, '')
  assert.is(
    read({}, { volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'c' } }] }).unsupported,
    'volume v of type persistentVolumeClaim is not carried out yet',
  )
})

const references: readonly (readonly [string, string, string])[] = [
  ['nginx', 'docker.io/library/nginx:latest', 'docker.io/library/nginx'],
  ['nginx:1', 'docker.io/library/nginx:1', 'docker.io/library/nginx'],
  ['me/app', 'docker.io/me/app:latest', 'docker.io/me/app'],
  ['docker.io/nginx', 'docker.io/library/nginx:latest', 'docker.io/library/nginx'],
  ['index.docker.io/library/nginx:1', 'docker.io/library/nginx:1', 'docker.io/library/nginx'],
  ['localhost/app', 'localhost/app:latest', 'localhost/app'],
  ['reg.example:5000/a/b:2', 'reg.example:5000/a/b:2', 'reg.example:5000/a/b'],
  ['reg.example/a@sha256:00', 'reg.example/a@sha256:00', 'reg.example/a'],
  ['nginx:1@sha256:00', 'docker.io/library/nginx:1@sha256:00', 'docker.io/library/nginx'],
  ['sha256:00', 'sha256:00', 'sha256'],
]
for (const [text, long, repository] of references)
  facts(`reference ${text}`, () => {
    assert.is(normalizeReference(text), long)
    assert.is(repositoryOf(text), repository)
  })

facts.run()
