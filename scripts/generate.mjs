/**
 * `npm run generate`: makes from schemas/ what stands in the tree for it: the TypeScript types and the field table in
 * src/model/generated/, and docs/support.md. With `--check` nothing is written; exit code 1 says that something is not
 * current and names it.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { compile } from 'json-schema-to-typescript'
import { root } from './lib.mjs'
import { definitionsOf, nameOfRef, readSchemaFiles } from './schema-files.mjs'
import { supportPage } from './support-page.mjs'

const KEPT = ['type', 'required', 'title']

const files = readSchemaFiles()
const kubernetes = files.filter((file) => file.path.startsWith('kubernetes/'))
const definitions = definitionsOf(kubernetes)
const own = definitionsOf(files.filter((file) => file.path === 'headway/cluster-configuration.json'))
const fields = fieldTable(new Map([...definitions, ...own]))

const made = [
  ['src/model/generated/kubernetes.ts', await typesText()],
  ['src/model/generated/fields.ts', fieldsText()],
  ['docs/support.md', supportPage(fields)],
]
const stale = made.filter(([file, text]) => {
  const full = path.join(root, file)
  return !existsSync(full) || readFileSync(full, 'utf8') !== text
})
if (process.argv.includes('--check')) {
  for (const [file] of stale) console.error(`${file} is not current: run npm run generate`)
  process.exit(stale.length > 0 ? 1 : 0)
}
for (const [file, text] of stale) {
  mkdirSync(path.dirname(path.join(root, file)), { recursive: true })
  writeFileSync(path.join(root, file), text)
  console.log(`wrote ${file}`)
}

/** The interfaces of all definitions, read-only all the way, sorted by name. */
async function typesText() {
  const $defs = {}
  for (const [name, { definition, file }] of definitions) $defs[name] = forTypes(definition, file)
  const top = { title: 'EveryDefinition', type: 'object', additionalProperties: false, $defs }
  const text = await compile(top, 'EveryDefinition', {
    unreachableDefinitions: true,
    bannerComment: '',
    style: { semi: false, singleQuote: true, printWidth: 1000 },
  })
  const blocks = text
    .replace(/\/\*\*[\s\S]*?\*\//g, '')
    .split(/^(?=export )/m)
    .map((block) => block.trim())
    .filter((block) => block.startsWith('export ') && !block.startsWith('export interface EveryDefinition'))
    .map((block) => [/^export (?:interface|type) (\w+)/.exec(block)[1], readonlyBlock(block)])
    .sort(([left], [right]) => (left < right ? -1 : 1))
  if (blocks.length !== definitions.size)
    throw new Error(`${blocks.length} types were made from ${definitions.size} definitions`)
  const head =
    '/** Generated from schemas/ by scripts/generate.mjs; do not edit. The types of Kubernetes 1.36 objects, field by field. */\n'
  return `${head}\n${blocks.map(([, block]) => block).join('\n\n')}\n`
}

/** A schema with only what a type is made of: no siblings of references (they would make numbered copies), no enumerations. */
function forTypes(schema, file) {
  if (schema.$ref !== undefined) return { $ref: `#/$defs/${nameOfRef(schema.$ref, file, kubernetes)}` }
  if (schema.format === 'quantity') return { title: schema.title, type: 'string' }
  if (schema.title !== undefined && schema.type === undefined) return { title: schema.title, tsType: 'unknown' }
  if (schema.title !== undefined && schema.type === 'object' && schema.properties === undefined)
    return { title: schema.title, tsType: '{ readonly [key: string]: unknown }' }
  const plain = Object.fromEntries(KEPT.filter((key) => schema[key] !== undefined).map((key) => [key, schema[key]]))
  if (schema.properties !== undefined) {
    plain.properties = Object.fromEntries(
      Object.entries(schema.properties).map(([name, property]) => [name, forTypes(property, file)]),
    )
  }
  if (schema.items !== undefined) plain.items = forTypes(schema.items, file)
  if (schema.additionalProperties === false) plain.additionalProperties = false
  else if (schema.additionalProperties !== undefined)
    plain.additionalProperties = forTypes(schema.additionalProperties, file)
  return plain
}

/** Makes properties, arrays and index signatures of one declaration read-only. */
function readonlyBlock(block) {
  return block
    .replace(/\{\s*\[k: string\]: ([^{}]+?)\s*\}/g, '{ [key: string]: $1 }')
    .split('\n')
    .map((line) =>
      line
        .replace(/^( {2})(['\w$])/, '$1readonly $2')
        .replaceAll('{ [key: string]', '{ readonly [key: string]')
        .replace('= {readonly [key: string]: unknown}', '= { readonly [key: string]: unknown }')
        .replace(/((?:\w+|\{[^{}]*\}))\[\]/g, 'readonly $1[]'),
    )
    .join('\n')
}

/** Per definition with properties: what each field is, for code that walks over objects. */
function fieldTable(all) {
  const table = {}
  for (const [name, { definition, file }] of all) {
    if (definition.properties === undefined) continue
    const required = new Set(definition.required ?? [])
    table[name] = {}
    for (const [field, schema] of Object.entries(definition.properties)) {
      table[name][field] = fieldFacts(schema, required.has(field), file)
    }
  }
  return table
}

function fieldFacts(schema, isRequired, file) {
  const typeOf = (item) =>
    item.$ref !== undefined
      ? nameOfRef(item.$ref, file, files)
      : (item.format ?? '') === 'quantity'
        ? 'Quantity'
        : (item.type ?? 'any')
  const isMap = schema.type === 'object' && typeof schema.additionalProperties === 'object'
  const facts = { type: typeOf(isMap ? schema.additionalProperties : schema.type === 'array' ? schema.items : schema) }
  if (isMap) facts.container = 'map'
  if (schema.type === 'array') facts.container = 'list'
  if (isRequired) facts.required = true
  facts.support = schema['x-headway-support']
  if (!['acted-on', 'accepted', 'refused'].includes(facts.support))
    throw new Error(`${file}: a field of type ${facts.type} has no x-headway-support`)
  for (const key of ['reason', 'quiet', 'zero']) {
    if (schema[`x-headway-${key}`] !== undefined) facts[key] = schema[`x-headway-${key}`]
  }
  if (schema['x-headway-satisfied-by'] !== undefined) facts.satisfiedBy = schema['x-headway-satisfied-by']
  if (schema['x-headway-accepted-values'] !== undefined) facts.acceptedValues = schema['x-headway-accepted-values']
  if (schema['x-headway-refused-values'] !== undefined) facts.refusedValues = schema['x-headway-refused-values']
  return facts
}

function fieldsText() {
  const roots = {}
  for (const { path: file, schema } of files) {
    for (const { group, version, kind } of schema['x-kubernetes-group-version-kind'] ?? []) {
      roots[`${group === '' ? version : `${group}/${version}`} ${kind}`] = nameOfRef('', file, files)
    }
  }
  return `/** Generated from schemas/ by scripts/generate.mjs; do not edit. What each field of each definition is, for code that walks over objects. */

export type Support = 'acted-on' | 'accepted' | 'refused'

export interface Field {
  /** \`string\`, \`integer\`, \`number\`, \`boolean\`, \`object\`, \`any\`, or a definition's name; of the items where there is a container. */
  readonly type: string
  readonly container?: 'list' | 'map'
  readonly required?: true
  readonly support: Support
  /** Why it is refused, or what accepting it means. */
  readonly reason?: string
  /** Accepted without a warning: a server sets it. */
  readonly quiet?: true
  /** Whether a zero value (false, 0, '', an empty list, map or object) means the same as no value; see normalize.ts for what holds when it is not said. */
  readonly zero?: 'kept' | 'absent'
  /** Values of an accepted field that need no action. */
  readonly satisfiedBy?: readonly unknown[]
  /** Values of an acted-on field that are only accepted, and what that means. */
  readonly acceptedValues?: { readonly [value: string]: string }
  /** Values that are refused, and why. */
  readonly refusedValues?: { readonly [value: string]: string }
}

/** By definition name (the TypeScript type's name), then by field. */
export const definitions: { readonly [definition: string]: { readonly [field: string]: Field } } = ${literal(fields)}

/** The definition of an object, by \`apiVersion Kind\`. */
export const rootDefinitions: { readonly [apiVersionAndKind: string]: string } = ${literal(roots)}
`
}

/** A value as TypeScript source, one line a field. */
function literal(value) {
  return JSON.stringify(value, null, 2)
    .replace(/\{\n {6}[^{}]*\n {4}\}/g, (text) => text.replace(/\n\s*/g, ' '))
    .replace(/"([A-Za-z_]\w*)":/g, '$1:')
}
