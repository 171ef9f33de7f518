/**
 * Makes dist/src/sync/schema/generated/validators.js from schemas/: standalone code of ajv for every kind, so that nothing is
 * compiled at start-up. scripts/lib.mjs calls it before a build whenever schemas/ changed; its types stand in
 * src/sync/schema/generated/validators.d.ts.
 */
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import Ajv2020 from 'ajv/dist/2020.js'
import standaloneCode from 'ajv/dist/standalone/index.js'
import { dist, root } from './lib.mjs'
import { definitionsOf, nameOfRef, readSchemaFiles } from './schema-files.mjs'

const INT32 = 2 ** 31
// What a format says, in keywords that need no code of ours at run time. Sources: the Go types behind the formats.
const FORMATS = {
  int32: { minimum: -INT32, maximum: INT32 - 1 },
  int64: { minimum: Number.MIN_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER },
  double: {},
  'int-or-string': { minimum: -INT32, maximum: INT32 - 1 },
  byte: { pattern: '^(?:[A-Za-z0-9+/]{4}|\\s)*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?\\s*$' },
  'date-time': { pattern: '^\\d{4}-\\d{2}-\\d{2}[Tt]\\d{2}:\\d{2}:\\d{2}(?:\\.\\d+)?(?:[Zz]|[+-]\\d{2}:\\d{2})$' },
  quantity: { pattern: '^[+-]?(?:\\d+(?:\\.\\d*)?|\\.\\d+)(?:[KMGTPE]i|[eE][+-]?\\d+|[numkMGTPE]?)$' },
}

const files = readSchemaFiles()
// Messages are made in validate-schema.ts.
const options = { allErrors: true, strict: false, inlineRefs: false, messages: false }
const ajv = new Ajv2020({ ...options, code: { source: true, esm: true } })
// Each definition is a schema of its own: ajv would compile what several files refer to once for each of them.
const own = files.filter(({ path: file }) => isManifest(file))
const definitions = definitionsOf(own)
for (const [name, { definition, file }] of definitions) ajv.addSchema({ ...plain(definition, file), $id: name })

const names = new Map()
for (const { path: file, schema } of own) {
  for (const { group, version, kind } of schema['x-kubernetes-group-version-kind'] ?? []) {
    names.set(`${group === '' ? version : `${group}/${version}`} ${kind}`, nameOfRef('', file, files))
  }
}
const entries = [...names].sort(([left], [right]) => (left < right ? -1 : 1))
const code = standaloneCode(ajv, Object.fromEntries(entries.map(([, name], i) => [`v${i}`, name])))
const table = entries.map(([name], i) => `  ${JSON.stringify(name)}: v${i},`).join('\n')
const folder = path.join(dist, 'src', 'sync', 'schema', 'generated')
mkdirSync(folder, { recursive: true })
writeFileSync(path.join(folder, 'validators.js'), `${code}\nexport const validators = {\n${table}\n}\n`)
// Declarations that mention it are read from dist.
copyFileSync(path.join(root, 'src/sync/schema/generated/validators.d.ts'), path.join(folder, 'validators.d.ts'))

/** Output contracts (plan, status) are for programs that read them; only manifests are validated at run time. */
function isManifest(file) {
  return file.startsWith('kubernetes/') || file === 'headway/cluster-configuration.json'
}

/** A schema with formats as plain keywords and without the keys that only our generators read. */
function plain(value, file) {
  if (Array.isArray(value)) return value.map((item) => plain(item, file))
  if (value === null || typeof value !== 'object') return value
  const out = {}
  for (const [key, item] of Object.entries(value)) {
    if (key === 'properties') {
      out[key] = Object.fromEntries(Object.entries(item).map(([name, schema]) => [name, plain(schema, file)]))
    } else if (key === '$ref') {
      out.$ref = nameOfRef(item, file, files)
    } else if (key === 'format') {
      if (FORMATS[item] === undefined) throw new Error(`format ${item} is not known: add it to FORMATS`)
      Object.assign(out, FORMATS[item])
    } else if (key === 'enum' || key === 'const' || key === 'required' || key === 'type') out[key] = item
    else if (
      !key.startsWith('x-') &&
      key !== 'default' &&
      key !== 'description' &&
      key !== 'title' &&
      !key.startsWith('$')
    )
      out[key] = plain(item, file)
  }
  return out
}
