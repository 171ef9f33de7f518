/** Reads schemas/: every file, and every named definition in it, with references as plain names. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { filesBelow, root } from './lib.mjs'

/** Every schema file below schemas/, in order of path: `{ path, schema }`, the path relative to schemas/. */
export function readSchemaFiles(folder = path.join(root, 'schemas')) {
  return filesBelow(folder)
    .filter((file) => file.endsWith('.json'))
    .map((file) => ({
      path: path.relative(folder, file).split(path.sep).join('/'),
      schema: JSON.parse(readFileSync(file, 'utf8')),
    }))
}

/**
 * Every definition of the Kubernetes schemas by its name (its title, the name of its TypeScript type), sorted. A file
 * whose root is an object with a title is a definition itself; the others stand under `$defs`.
 */
export function definitionsOf(files) {
  const found = new Map()
  const take = (name, definition, file) => {
    if (found.has(name)) throw new Error(`${file}: ${name} is defined twice: also in ${found.get(name).file}`)
    if (definition.title !== name) throw new Error(`${file}: the title of ${name} must be its name`)
    found.set(name, { name, definition, file })
  }
  for (const { path: file, schema } of files) {
    const { $defs, ...own } = schema
    if (own.title !== undefined) take(typeName(schema, file), { ...own, title: typeName(schema, file) }, file)
    for (const [name, definition] of Object.entries($defs ?? {})) take(name, definition, file)
  }
  return new Map([...found].sort(([left], [right]) => (left < right ? -1 : 1)))
}

/** The TypeScript name of a kind's file: its title, with the version before it where two versions of the kind exist. */
function typeName(schema, file) {
  return schema.title ?? path.basename(file, '.json')
}

/** The name that a `$ref` in `file` points at. */
export function nameOfRef(ref, file, files) {
  const [target, fragment = ''] = ref.split('#')
  if (fragment.startsWith('/$defs/')) return fragment.slice('/$defs/'.length)
  const other = target === '' ? file : path.posix.join(path.posix.dirname(file), target)
  const found = files.find((candidate) => candidate.path === other)
  if (found === undefined) throw new Error(`${file}: ${ref} points at no file`)
  return typeName(found.schema, other)
}
