/**
 * One file's contents to its documents: YAML with any number of documents, JSON, and Lists taken apart. Depends on
 * nothing but the bytes, so that the answer can be kept by blob id.
 */
import { isUtf8 } from 'node:buffer'
import type { Path } from '../../model/validate/finding.js'
import { type FileFinding, unreadable } from './finding.js'
import { LineMap, type Place } from './line-map.js'
import { locatePath } from './locate.js'
import { placeIn, readYaml, startOf, type YamlDocument, type YamlText } from './yaml-reader.js'

export interface DecodedDocument {
  readonly value: Readonly<Record<string, unknown>>
  /** Of its first key, from 1. */
  readonly line: number
  readonly column: number
  /** Index of the YAML document it stands in, and of its place in that document's List; -1 outside of Lists. */
  readonly yaml: number
  readonly item: number
}

export interface DecodedFile {
  readonly documents: readonly DecodedDocument[]
  readonly findings: readonly FileFinding[]
}

/** Manifests are kilobytes; generated bundles reach 1 MiB, and etcd takes no object above 1.5 MiB. */
export const FILE_BYTES_MAX = 3 << 20

/** Never throws: what cannot be read is a finding. */
export function decodeFile(bytes: Buffer): DecodedFile {
  if (bytes.length > FILE_BYTES_MAX) {
    const size = (bytes.length / (1 << 20)).toFixed(1)
    const message = `the file has ${size} MiB, more than ${FILE_BYTES_MAX >> 20} MiB: split it, or name it in .headwayignore`
    return { documents: [], findings: [unreadable(1, 1, message)] }
  }
  if (!isUtf8(bytes)) {
    return {
      documents: [],
      findings: [unreadable(1, 1, 'not UTF-8 text: save it as UTF-8, or name it in .headwayignore')],
    }
  }
  const text = readYaml(bytes.toString('utf8'))
  const findings = [...text.findings]
  const documents: DecodedDocument[] = []
  const lines = new LineMap(text.parsed.text)
  text.documents.forEach((document, yaml) => {
    takeDocument(text, lines, document, yaml, documents, findings)
  })
  return { documents, findings }
}

/** Finds places in a file again, for findings about what was decoded from it. */
export function makeLocator(bytes: Buffer): (document: DecodedDocument, path: Path) => Place {
  const text = readYaml(bytes.toString('utf8'))
  const lines = new LineMap(text.parsed.text)
  return (document, path) => {
    const yaml = text.documents[document.yaml]
    if (yaml === undefined) return { line: document.line, column: document.column }
    const full = document.item < 0 ? path : ['items', document.item, ...path]
    return placeIn(text.parsed, lines, locatePath(text.parsed, yaml.event, full))
  }
}

function takeDocument(
  text: YamlText,
  lines: LineMap,
  document: YamlDocument,
  yaml: number,
  documents: DecodedDocument[],
  findings: FileFinding[],
): void {
  const { value } = document
  // Empty documents are skipped, as kubectl does.
  if (value === null) return
  const place = placeIn(text.parsed, lines, Math.max(0, startOf(text.parsed.events[document.event]!)))
  if (!isRecord(value)) {
    findings.push({ severity: 'error', code: 'unreadable-file', ...place, path: '', message: NOT_A_MANIFEST })
  } else if (isList(value)) takeItems(text, lines, document, yaml, value, documents, findings)
  else documents.push({ value, ...place, yaml, item: -1 })
}

export const NOT_A_MANIFEST =
  'not a Kubernetes manifest (no apiVersion and kind): if it is a values file or the like, name it in .headwayignore'

/** A List, or the typed list of a kind: `items` counts, whatever the kind's name is (kubectl takes any). */
function isList(value: Readonly<Record<string, unknown>>): value is { items: readonly unknown[] } {
  return typeof value['kind'] === 'string' && value['kind'].endsWith('List') && Array.isArray(value['items'])
}

function takeItems(
  text: YamlText,
  lines: LineMap,
  document: YamlDocument,
  yaml: number,
  list: { readonly items: readonly unknown[] },
  documents: DecodedDocument[],
  findings: FileFinding[],
): void {
  list.items.forEach((value, item) => {
    const place = placeIn(text.parsed, lines, locatePath(text.parsed, document.event, ['items', item]))
    if (isRecord(value)) documents.push({ value, ...place, yaml, item })
    else findings.push({ severity: 'error', code: 'unreadable-file', ...place, path: '', message: NOT_A_MANIFEST })
  })
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
