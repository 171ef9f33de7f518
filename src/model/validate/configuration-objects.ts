/** ConfigMaps and Secrets (Kubernetes: ValidateConfigMap, ValidateSecret). Messages never hold a value. */
import type { ConfigMap, Secret } from '../generated/kubernetes.js'
import { checkConfigKey } from './names.js'
import { invalid, type Report, required } from './report.js'
import { base64Length, utf8Length } from './utf8-length.js'

/** All values of one object together. */
export const CONFIGURATION_MAX_BYTES = 1024 * 1024

/** Keys that a type of Secret must have: all of one of the groups. */
const SECRET_KEYS: Readonly<Record<string, readonly (readonly string[])[]>> = {
  'kubernetes.io/tls': [['tls.crt', 'tls.key']],
  'kubernetes.io/dockercfg': [['.dockercfg']],
  'kubernetes.io/dockerconfigjson': [['.dockerconfigjson']],
  'kubernetes.io/ssh-auth': [['ssh-privatekey']],
  'kubernetes.io/basic-auth': [['username'], ['password']],
}
const ACCOUNT_ANNOTATION = 'kubernetes.io/service-account.name'

export function validateConfigMap(map: ConfigMap, report: Report): void {
  const text = Object.entries(map.data ?? {})
  const binary = Object.entries(map.binaryData ?? {})
  validateKeys(text, report.at('data'))
  validateKeys(binary, report.at('binaryData'))
  for (const [key] of binary) {
    if (Object.hasOwn(map.data ?? {}, key))
      report.add(invalid(key, 'duplicate of key present in data'), 'binaryData', key)
  }
  const bytes = sum(text.map(([, value]) => utf8Length(value))) + sum(binary.map(([, value]) => base64Length(value)))
  validateSize(bytes, report)
}

/** Before or after `stringData` is merged into `data`. */
export function validateSecret(secret: Secret, report: Report): void {
  const data = Object.entries(secret.data ?? {})
  const text = Object.entries(secret.stringData ?? {})
  validateKeys(data, report.at('data'))
  validateKeys(text, report.at('stringData'))
  const isOver = (key: string): boolean => Object.hasOwn(secret.stringData ?? {}, key)
  const kept = data.filter(([key]) => !isOver(key))
  validateSize(
    sum(kept.map(([, value]) => base64Length(value))) + sum(text.map(([, value]) => utf8Length(value))),
    report,
  )
  const type = secret.type ?? 'Opaque'
  const groups = Object.hasOwn(SECRET_KEYS, type) ? SECRET_KEYS[type]! : []
  const has = (key: string): boolean => isOver(key) || Object.hasOwn(secret.data ?? {}, key)
  if (groups.length > 0 && !groups.some((keys) => keys.every(has))) {
    const missing = groups.length > 1 ? groups.flat() : (groups[0] ?? []).filter((key) => !has(key))
    const words = groups.length > 1 ? `one of ${missing.join(', ')}` : missing.join(', ')
    report.add(required(`a Secret of type ${type} needs ${words}`), 'data')
  }
  if (type === 'kubernetes.io/service-account-token' && !secret.metadata?.annotations?.[ACCOUNT_ANNOTATION])
    report.add(
      required(`a Secret of type ${type} needs this annotation`),
      'metadata',
      'annotations',
      ACCOUNT_ANNOTATION,
    )
}

function validateKeys(entries: readonly (readonly [string, string])[], report: Report): void {
  for (const [key] of entries) {
    const why = key === '' ? 'a key must not be empty' : checkConfigKey(key)
    if (why !== null) report.add(invalid(key, why), key)
  }
}

function validateSize(bytes: number, report: Report): void {
  if (bytes > CONFIGURATION_MAX_BYTES)
    report.add(`Too long: may not be more than ${CONFIGURATION_MAX_BYTES} bytes in all, it has ${bytes}`, 'data')
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0)
}
