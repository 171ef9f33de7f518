/** Structure of YAML as kubectl reads it: duplicate keys, merges, the two tolerances, bombs, and where things stand. */
import { spawnSync } from 'node:child_process'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { decodeFile, FILE_BYTES_MAX, makeLocator } from '../../../src/sync/decode/decode-file.js'
import { readYaml } from '../../../src/sync/decode/yaml-reader.js'

const values = (text: string): unknown[] => readYaml(text).documents.map((document) => document.value)

const yaml = suite('yaml')

const readable: readonly (readonly [name: string, text: string, value: unknown])[] = [
  ['a merge overrides what stands before it', 'x: {a: 1, <<: {a: 2}}', { x: { a: 2 } }],
  ['what stands after a merge overrides it', 'x: {<<: {a: 2}, a: 1}', { x: { a: 1 } }],
  ['the first of merged mappings wins', 'x: {<<: [{a: 1}, {a: 2, b: 2}]}', { x: { a: 1, b: 2 } }],
  ['a quoted << is a key', 'x: {"<<": 1}', { x: { '<<': 1 } }],
  ['anchors', 'a: &a [1]\nb: *a', { a: [1], b: [1] }],
  ['an anchor can be given twice', 'a: &a 1\nb: &a 2\nc: *a', { a: 1, b: 2, c: 2 }],
  ['literal and folded blocks', 'a: |\n  x\n  y\nb: >-\n  x\n  y', { a: 'x\ny\n', b: 'x y' }],
  ['double-quoted lines not deeper than their key', 'a:\n  b: "x\n  y\n  z"\nc: 1', { a: { b: 'x y z' }, c: 1 }],
  ['single-quoted lines less deep than their key', "a:\n  b: 'x\n y''s\nz'\nc: 1", { a: { b: "x y's z" }, c: 1 }],
  ['a quoted text in a list', '- "x\n  y"\n- k: "x\n  y"', ['x y', { k: 'x y' }]],
  ['a flow list closed at the parent', 'a:\n  b: [\n    1,\n    2\n  ]\nc: 2', { a: { b: [1, 2] }, c: 2 }],
  ['a flow mapping closed at the parent', 'a: {\n  b: 1\n}\nc: 2', { a: { b: 1 }, c: 2 }],
  ['JSON with tabs', '{\n\t"a": 1,\n\t"b": [\n\t\t1\n\t]\n}', { a: 1, b: [1] }],
  ['a trailing document end', 'a: 1\n...\n', { a: 1 }],
  ['a byte order mark and CRLF', '\ufeffa: 1\r\nb: 2\r\n', { a: 1, b: 2 }],
]
for (const [name, text, value] of readable) yaml(name, () => assert.equal(values(text), [value]))

yaml('keeps the last of duplicate keys and says so', () => {
  const { documents, findings } = readYaml('a: 1\nb:\n  c: 1\n  c: 2\n')
  assert.equal(documents[0]?.value, { a: 1, b: { c: 2 } })
  assert.equal(findings, [
    {
      severity: 'error',
      code: 'invalid-object',
      line: 4,
      column: 3,
      path: '',
      message: 'duplicate key "c": remove one of them',
    },
  ])
})

const refused: readonly (readonly [name: string, text: string, place: string, message: RegExp])[] = [
  ['tab as indentation', 'a:\n\tb: 1\n', '2:1', /tab/],
  ['bad mapping', 'a: b: c\n', '1:5', /not valid YAML/],
  ['a flow list that is not closed', 'a: [1\nb: 2\n', '2:2', /missed comma/],
  ['the same deeper', 's:\n  a: [1\n  bc: 2\n', '3:5', /missed comma/],
  ['unknown anchor', 'a: *hunter2\n', '1:4', /unknown anchor: define it/],
  ['an anchor in itself', 'a: &a [*a]\n', '1:8', /contains itself/],
  ['null as a key', '? ~\n: 1\n', '1:3', /a key must be/],
  ['a list as a key', '? [a]\n: 1\n', '1:3', /a key must be/],
  ['__proto__ as a key', '{"__proto__": 1}\n', '1:2', /__proto__/],
  ['nesting beyond reason', `${'['.repeat(20_000)}${']'.repeat(20_000)}`, '1:100', /nesting/],
]
for (const [name, text, place, message] of refused) {
  yaml(`refuses ${name}`, () => {
    const [finding] = readYaml(text).findings
    assert.is(`${finding?.line}:${finding?.column}`, place)
    assert.match(finding?.message ?? '', message)
    assert.not.match(finding?.message ?? '', /hunter2/)
  })
}

yaml('refuses an alias bomb at once, and takes what real bundles have', () => {
  const bomb = ['a: &a0 [x, x, x, x, x, x, x, x, x, x]']
  for (let i = 1; i < 12; i++) bomb.push(`b${i}: &a${i} [${`*a${i - 1}, `.repeat(9)}*a${i - 1}]`)
  const started = performance.now()
  assert.match(readYaml(bomb.join('\n')).findings[0]?.message ?? '', /behind aliases/)
  assert.ok(performance.now() - started < 500)
  const anchors = Array.from({ length: 50 }, (_, i) => `k${i}: &k${i} {a: 1, b: [1, 2, 3]}`)
  const aliases = Array.from({ length: 88 }, (_, i) => `u${i}: *k${i % 50}`)
  assert.equal(readYaml([...anchors, ...aliases].join('\n')).findings, [])
})

yaml('decodes documents, lists and empty documents, with lines', () => {
  const text = `# head
---
---
apiVersion: v1
kind: List
items:
  - apiVersion: v1
    kind: ConfigMap
  - {apiVersion: v1, kind: Secret}
--- # note

apiVersion: v1
kind: Pod
---
just text
`
  const { documents, findings } = decodeFile(Buffer.from(text))
  assert.equal(
    documents.map(({ value, line, column, item }) => [value['kind'], line, column, item]),
    [
      ['ConfigMap', 7, 5, 0],
      ['Secret', 9, 5, 1],
      ['Pod', 12, 1, -1],
    ],
  )
  assert.is(findings.length, 1)
  assert.is(findings[0]!.line, 15)
  assert.match(findings[0]!.message, /\.headwayignore/)
})

yaml('finds the place of a path, in lists and repaired texts too', () => {
  const text = `kind: List
items:
  - spec:
      "on":
        - name: a
        - {name: b, image: c}
      note: "x
      y"
      flow: [
        one,
      two]
`
  const bytes = Buffer.from(text)
  const [document] = decodeFile(bytes).documents
  const locate = makeLocator(bytes)
  const place = (...path: (string | number)[]): string => Object.values(locate(document!, path)).join(':')
  assert.is(place('spec', 'on', 1, 'image'), '6:21')
  assert.is(place('spec', 'on', 0), '5:11')
  assert.is(place('spec', 'note'), '7:7')
  assert.is(place('spec', 'flow', 1), '11:7')
  assert.is(place('spec', 'missing'), '3:5')
  assert.is(place(), '3:5')
})

yaml('refuses what is too large or no text, with what to do', () => {
  const message = (bytes: Buffer): string => decodeFile(bytes).findings[0]?.message ?? ''
  assert.match(message(Buffer.alloc(FILE_BYTES_MAX + 1, 97)), /3\.0 MiB.*split it/)
  assert.not.match(message(Buffer.from(`a: "${'a'.repeat(FILE_BYTES_MAX - 5)}"`)), /MiB/)
  assert.match(message(Buffer.from([0x61, 0xff, 0xfe])), /UTF-8/)
})

if (spawnSync('kubectl', ['version', '--client'], { timeout: 20_000 }).status === 0) {
  yaml('kubectl reads the same', () => {
    for (const [name, text, value] of readable) {
      // One document with something to label; texts that are no mapping go under a key.
      const isMapping = !Array.isArray(value) && !text.startsWith('{') && !text.startsWith('\ufeff')
      if (!isMapping) continue
      const body = text.replace(/\n\.\.\.\n$/, '\n')
      const input = `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: fixture}\n${body}\n`
      const args = ['label', '--local', '-o', 'json', '-f', '-', 'extra=1']
      const run = spawnSync('kubectl', args, { input, encoding: 'utf8', timeout: 20_000 })
      assert.is(run.status, 0, `${name}: ${run.stderr}`)
      const { apiVersion: _a, kind: _k, metadata: _m, ...rest } = JSON.parse(run.stdout) as Record<string, unknown>
      assert.equal(rest, value, name)
    }
  })
}

yaml.run()
