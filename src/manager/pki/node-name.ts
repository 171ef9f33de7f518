/** Node names, as they stand in certificates, manifests and labels. */

/** A label value has at most 63 letters, and the name is one (kubernetes.io/hostname). */
const NAME_MAX = 63
const SUBDOMAIN = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/

/** Null for a good name (DNS-1123 subdomain of at most 63 letters), else what is wrong and what to do. */
export function checkNodeName(name: string): string | null {
  if (name.length <= NAME_MAX && SUBDOMAIN.test(name)) return null
  const shown = JSON.stringify(name.slice(0, 80))
  return `${shown} is no node name: use at most ${NAME_MAX} lower-case letters, digits, dots and dashes, such as --name node1`
}
