/** The forms of names in Kubernetes (its validation package: RFC 1123, RFC 1035, qualified names). Each check answers null, or why not. */

const LABEL = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/
const LABEL_1035 = /^[a-z](?:[-a-z0-9]*[a-z0-9])?$/
const SUBDOMAIN = /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/
const WILDCARD_SUBDOMAIN = /^\*\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/
const QUALIFIED = /^[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?$/
const CONFIG_KEY = /^[-._a-zA-Z0-9]+$/
const PORT_NAME = /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/
// Printable ASCII but `=`, as Kubernetes allows since 1.30.
const VARIABLE = /^[ -<>-~]+$/

export const LABEL_MAX = 63
export const SUBDOMAIN_MAX = 253

export type NameCheck = (name: string) => string | null

const LABEL_WORDS =
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character"

export const checkLabelName: NameCheck = (name) => {
  if (name.length > LABEL_MAX) return tooLong(LABEL_MAX)
  return LABEL.test(name) ? null : LABEL_WORDS
}

export const checkDns1035: NameCheck = (name) => {
  if (name.length > LABEL_MAX) return tooLong(LABEL_MAX)
  return LABEL_1035.test(name)
    ? null
    : "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character"
}

export const checkSubdomain: NameCheck = (name) => {
  if (name.length > SUBDOMAIN_MAX) return tooLong(SUBDOMAIN_MAX)
  return SUBDOMAIN.test(name)
    ? null
    : "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character"
}

/** A host of an Ingress: a subdomain, or one behind `*.`. */
export const checkWildcardSubdomain: NameCheck = (name) => {
  if (!name.includes('*')) return checkSubdomain(name)
  return WILDCARD_SUBDOMAIN.test(name) ? null : "a wildcard must be the whole first label, as in '*.example.com'"
}

/** A name that only has to fit into a URL (RBAC kinds). */
export const checkPathSegment: NameCheck = (name) => {
  if (name === '.' || name === '..') return `may not be '${name}'`
  return /[/%]/.test(name) ? "may not contain '/' or '%'" : null
}

/** `prefix.example.com/name` or `name`: keys of labels, taints and resources. */
export const checkQualifiedName: NameCheck = (name) => {
  const parts = name.split('/')
  if (parts.length > 2) return "a qualified name has at most one '/', between a DNS subdomain prefix and the name"
  const [prefix, rest] = parts.length === 2 ? [parts[0]!, parts[1]!] : [null, parts[0]!]
  if (prefix !== null) {
    if (prefix === '') return 'prefix part must be non-empty'
    const why = checkSubdomain(prefix)
    if (why !== null) return `prefix part ${why}`
  }
  if (rest === '') return 'name part must be non-empty'
  if (rest.length > LABEL_MAX) return `name part ${tooLong(LABEL_MAX)}`
  return QUALIFIED.test(rest)
    ? null
    : "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"
}

export const checkLabelValue: NameCheck = (value) => {
  if (value.length > LABEL_MAX) return tooLong(LABEL_MAX)
  return value === '' || QUALIFIED.test(value)
    ? null
    : "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character"
}

/** A key of a ConfigMap or Secret: it becomes a file name. */
export const checkConfigKey: NameCheck = (key) => {
  if (key.length > SUBDOMAIN_MAX) return tooLong(SUBDOMAIN_MAX)
  if (!CONFIG_KEY.test(key)) return "a valid config key must consist of alphanumeric characters, '-', '_' or '.'"
  if (key === '.' || key.startsWith('..')) return `must not be '.' or start with '..'`
  return null
}

/** The name of a container's port (an IANA service name). */
export const checkPortName: NameCheck = (name) => {
  if (name.length > 15) return tooLong(15)
  if (!PORT_NAME.test(name)) return "must contain only alphanumeric characters (a-z, 0-9), and hyphens ('-')"
  if (!/[a-z]/.test(name)) return 'must contain at least one letter (a-z)'
  return name.includes('--') ? 'must not contain consecutive hyphens' : null
}

export const checkVariableName: NameCheck = (name) =>
  VARIABLE.test(name)
    ? null
    : "a valid environment variable name must consist only of printable ASCII characters other than '='"

function tooLong(max: number): string {
  return `must be no more than ${max} characters`
}
