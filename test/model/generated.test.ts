/** What is made from schemas/ is current: run `npm run generate` after a change there. */
import { spawnSync } from 'node:child_process'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { definitions, rootDefinitions } from '../../src/model/generated/fields.js'
import { apiVersionOf, type Kind, type KindInfo, kinds } from '../../src/model/kinds.js'

const generated = suite('generated')

generated('types, field table and support page are current', () => {
  const { status, stderr } = spawnSync(process.execPath, ['scripts/generate.mjs', '--check'], { encoding: 'utf8' })
  assert.is(status, 0, stderr)
})

generated('every kind has a schema in each of its versions', () => {
  for (const kind of Object.keys(kinds) as Kind[]) {
    const info: KindInfo = kinds[kind]
    for (const version of info.versions) {
      const apiVersion = info.group === '' ? version : `${info.group}/${version}`
      const definition = rootDefinitions[`${apiVersion} ${kind}`]
      assert.ok(definition !== undefined && definitions[definition] !== undefined, `${apiVersion} ${kind}`)
    }
    assert.ok(rootDefinitions[`${apiVersionOf(kind)} ${kind}`])
  }
})

generated('every field that is refused says why', () => {
  let refused = 0
  for (const [definition, fields] of Object.entries(definitions)) {
    for (const [name, field] of Object.entries(fields)) {
      if (field.support !== 'refused') continue
      refused++
      assert.ok((field.reason ?? '').length > 10, `${definition}.${name}`)
    }
  }
  assert.ok(refused >= 20, `${refused}`)
})

generated('what a field refers to exists', () => {
  const scalars = [
    'string',
    'integer',
    'number',
    'boolean',
    'any',
    'object',
    'Quantity',
    'IntOrString',
    'Time',
    'MicroTime',
  ]
  const free = ['JSON', 'FieldsV1', 'RawExtension', 'CustomResourceSubresourceStatus']
  for (const [definition, fields] of Object.entries(definitions)) {
    for (const [name, field] of Object.entries(fields)) {
      const isKnown = definitions[field.type] !== undefined || scalars.includes(field.type) || free.includes(field.type)
      assert.ok(isKnown || field.type.startsWith('JSONSchemaPropsOr'), `${definition}.${name}: ${field.type}`)
    }
  }
})

generated.run()
