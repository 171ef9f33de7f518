/** The name and address a host has in the cluster when nobody says otherwise. */
import { hostname, networkInterfaces } from 'node:os'

/** The host name as a DNS label (a node name is a DNS subdomain of at most 63 letters): lower case, anything else a dash. */
export function makeNodeName(host: string = hostname()): string {
  const name = host
    .toLowerCase()
    .replaceAll(/[^a-z0-9.-]+/g, '-')
    .replaceAll(/^[-.]+|[-.]+$/g, '')
    .slice(0, 63)
  return name === '' ? 'node' : name
}

/**
 * The address other hosts reach this one at: the given one, else the one listened on, else the first of the machine
 * that is neither loopback nor link-local nor a bridge of a container engine, else loopback.
 */
export function chooseAddress(given: string, listen: string): string {
  if (given !== '') return given
  if (listen !== '0.0.0.0' && listen !== '::') return listen
  const candidates = Object.entries(networkInterfaces()).flatMap(([name, addresses]) =>
    /^(docker|br-|veth|cni|headway|hw)/.test(name) ? [] : (addresses ?? []),
  )
  const usable = candidates.filter(({ internal, address }) => !internal && !/^(169\.254\.|fe80:)/.test(address))
  return (usable.find(({ family }) => family === 'IPv4') ?? usable[0])?.address ?? '127.0.0.1'
}
