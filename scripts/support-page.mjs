/** docs/support.md: which fields Headway acts on, accepts or refuses, from the field table. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { root } from './lib.mjs'

const SECTIONS = ['PodSpec', 'ObjectMeta', 'LabelSelector']
const TITLES = {
  PodSpec: 'Pod spec (also under `spec.template.spec` of workloads)',
  ObjectMeta: 'Metadata of every object',
  LabelSelector: 'Label selectors',
}
const MARKS = { 'acted-on': 'acted on', accepted: 'accepted', refused: 'refused' }

/** The whole page, from the table of fields by definition. */
export function supportPage(fields) {
  const kinds = readKinds()
  const carried = kinds.filter((kind) => kind.support === 'carried-out').map((kind) => kind.name)
  const accepted = kinds.filter((kind) => kind.support === 'accepted').map((kind) => `\`${kind.name}\``)
  const refused = kinds.filter((kind) => kind.support === 'refused').map((kind) => `\`${kind.name}\``)
  const parts = [
    '# Which fields do what',
    'Made by `npm run generate` from `schemas/`; do not edit. Each field of a manifest has one of three levels:',
    '- **acted on**: Headway does what Kubernetes does.\n- **accepted**: the field may be there, and `headway validate` and `headway status` warn that nothing acts on it (a server-set field, and a value that asks for nothing, give no warning).\n- **refused**: the manifest is held back, with the reason.',
    'A field that is not in the schema is an error. What stands below an accepted or refused field has its level.',
    '## Kinds',
    `Carried out: ${carried.map((name) => `[${name}](#${name.toLowerCase()})`).join(', ')}.`,
    `Accepted and listed under \`status.notCarriedOut\`: ${accepted.join(', ')}.`,
    `Refused, since only a server makes them: ${refused.join(', ')}.`,
  ]
  for (const name of carried) parts.push(`## ${name}`, table(fields, name))
  for (const name of SECTIONS) parts.push(`## ${TITLES[name]}`, table(fields, name))
  return `${parts.join('\n\n')}\n`
}

function table(fields, definition) {
  const rows = rowsOf(fields, definition, '', [definition])
  return ['| field | level | note |', '|---|---|---|', ...rows].join('\n')
}

function rowsOf(fields, definition, prefix, above) {
  return Object.entries(fields[definition] ?? {}).flatMap(([name, field]) => {
    const suffix = field.container === 'list' ? '[]' : field.container === 'map' ? '{}' : ''
    const at = `${prefix}${name}${suffix}`
    const notes = []
    if (field.reason) notes.push(field.reason)
    if (field.quiet) notes.push('no warning')
    if (field.satisfiedBy)
      notes.push(`no warning for ${field.satisfiedBy.map((v) => `\`${JSON.stringify(v)}\``).join(', ')}`)
    for (const [value, meaning] of Object.entries(field.acceptedValues ?? {}))
      notes.push(`\`${value}\` is accepted: ${meaning}`)
    for (const [value, why] of Object.entries(field.refusedValues ?? {})) notes.push(`\`${value}\` is refused: ${why}`)
    if (SECTIONS.includes(field.type)) notes.push('see its own section')
    const row = `| \`${at}\` | ${MARKS[field.support]} | ${notes.join('; ')} |`
    const goesOn =
      field.support === 'acted-on' &&
      fields[field.type] !== undefined &&
      !SECTIONS.includes(field.type) &&
      !above.includes(field.type)
    return goesOn ? [row, ...rowsOf(fields, field.type, `${at}.`, [...above, field.type])] : [row]
  })
}

/** Names and support of the kinds, read from the model's table, which is the only place that says so. */
function readKinds() {
  const text = readFileSync(path.join(root, 'src/model/kinds.ts'), 'utf8')
  const found = [...text.matchAll(/^ {2}(\w+): kind\(([\s\S]*?)\),$/gm)]
  return found.map(([, name, args]) => ({ name, support: /'(carried-out|accepted|refused)'/.exec(args)[1] }))
}
