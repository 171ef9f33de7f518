/** Volumes of a pod (Kubernetes: ValidateVolumes and its sources). */
import type { DownwardAPIVolumeFile, KeyToPath, Volume, VolumeProjection } from '../generated/kubernetes.js'
import { validateFieldRef, validateResourceRef } from './environment.js'
import { checkLabelName, checkSubdomain } from './names.js'
import { validateAbsolutePath, validateDescendingPath, validateNoBacksteps } from './paths.js'
import { validateRange } from './ranges.js'
import { duplicate, eachItem, forbidden, invalid, type Report, required } from './report.js'
import { validateQuantity } from './resources.js'

const MODE_MAX = 0o777
const PROJECTIONS = [
  'clusterTrustBundle',
  'configMap',
  'downwardAPI',
  'podCertificate',
  'secret',
  'serviceAccountToken',
] as const

/** All volumes: unique names, and one source each. */
export function validateVolumes(volumes: readonly Volume[] | undefined, report: Report): void {
  const names = new Set<string>()
  eachItem(report, volumes, (volume, at) => {
    if (volume.name === '') at.add(required(), 'name')
    else {
      const why = checkLabelName(volume.name)
      if (why !== null) at.add(invalid(volume.name, why), 'name')
      else if (names.has(volume.name)) at.add(duplicate(volume.name), 'name')
    }
    names.add(volume.name)
    const sources = Object.keys(volume).filter((key) => key !== 'name')
    if (sources.length === 0) at.add(required('must specify a volume type'))
    for (const extra of sources.slice(1)) at.add(forbidden('may not specify more than one volume type'), extra)
    validateSources(volume, at)
  })
}

function validateSources(volume: Volume, report: Report): void {
  const { configMap, secret, downwardAPI, projected, hostPath, emptyDir, persistentVolumeClaim, nfs } = volume
  if (hostPath !== undefined) {
    if (hostPath.path === '') report.add(required(), 'hostPath', 'path')
    else {
      validateNoBacksteps(hostPath.path, report.at('hostPath', 'path'))
      validateAbsolutePath(hostPath.path, report.at('hostPath', 'path'))
    }
  }
  if (emptyDir !== undefined) {
    validateQuantity(emptyDir.sizeLimit, report.at('emptyDir', 'sizeLimit'))
    const medium = emptyDir.medium ?? ''
    if (medium !== '' && medium !== 'Memory' && !medium.startsWith('HugePages'))
      report.add(invalid(medium, 'must be empty, "Memory" or "HugePages-…"'), 'emptyDir', 'medium')
  }
  if (configMap !== undefined) {
    validateReference(configMap.name, report.at('configMap', 'name'))
    validateFiles(configMap, report.at('configMap'))
  }
  if (secret !== undefined) {
    validateReference(secret.secretName, report.at('secret', 'secretName'))
    validateFiles(secret, report.at('secret'))
  }
  if (downwardAPI !== undefined) {
    validateMode(downwardAPI.defaultMode, report.at('downwardAPI', 'defaultMode'))
    eachItem(report.at('downwardAPI', 'items'), downwardAPI.items, validateDownwardFile)
  }
  if (projected !== undefined) {
    validateMode(projected.defaultMode, report.at('projected', 'defaultMode'))
    validateProjections(projected.sources, report.at('projected', 'sources'))
  }
  if (persistentVolumeClaim?.claimName === '') report.add(required(), 'persistentVolumeClaim', 'claimName')
  if (nfs !== undefined) {
    if (nfs.server === '') report.add(required(), 'nfs', 'server')
    validateAbsolutePath(nfs.path, report.at('nfs', 'path'))
  }
}

function validateReference(name: string | undefined, report: Report): void {
  if (!name) {
    report.add(required())
    return
  }
  const why = checkSubdomain(name)
  if (why !== null) report.add(invalid(name, why))
}

function validateFiles(
  source: { readonly defaultMode?: number; readonly items?: readonly KeyToPath[] },
  report: Report,
): void {
  validateMode(source.defaultMode, report.at('defaultMode'))
  eachItem(report.at('items'), source.items, validateKeyToPath)
}

function validateKeyToPath(item: KeyToPath, report: Report): void {
  if (item.key === '') report.add(required(), 'key')
  validateFilePath(item.path, report.at('path'))
  validateMode(item.mode, report.at('mode'))
}

function validateFilePath(path: string, report: Report): void {
  if (path === '') {
    report.add(required())
    return
  }
  validateDescendingPath(path, report)
  if (path.startsWith('..') && !path.startsWith('../') && path !== '..')
    report.add(invalid(path, "must not start with '..'"))
}

function validateMode(mode: number | undefined, report: Report): void {
  if (mode !== undefined && (mode < 0 || mode > MODE_MAX))
    report.add(invalid(mode, 'must be a number between 0 and 0777 (octal), both inclusive'))
}

function validateDownwardFile(file: DownwardAPIVolumeFile, report: Report): void {
  validateFilePath(file.path, report.at('path'))
  validateMode(file.mode, report.at('mode'))
  const { fieldRef, resourceFieldRef } = file
  if (fieldRef === undefined && resourceFieldRef === undefined)
    report.add(required('one of fieldRef and resourceFieldRef is required'))
  if (fieldRef !== undefined && resourceFieldRef !== undefined)
    report.add(forbidden('fieldRef and resourceFieldRef can not be specified simultaneously'))
  if (fieldRef !== undefined) validateFieldRef(fieldRef, 'volume', report.at('fieldRef'))
  if (resourceFieldRef !== undefined) {
    if (!resourceFieldRef.containerName) report.add(required(), 'resourceFieldRef', 'containerName')
    validateResourceRef(resourceFieldRef, report.at('resourceFieldRef'))
  }
}

function validateProjections(sources: readonly VolumeProjection[] | undefined, report: Report): void {
  const paths = new Set<string>()
  const takePath = (path: string, at: Report): void => {
    if (paths.has(path)) at.add(invalid(path, 'conflicting duplicate paths'))
    paths.add(path)
  }
  eachItem(report, sources, (source, at) => {
    const given = PROJECTIONS.filter((name) => source[name] !== undefined)
    if (given.length === 0) at.add(required(`must specify one of ${PROJECTIONS.join(', ')}`))
    for (const extra of given.slice(1)) at.add(forbidden('may not specify more than 1 volume type per source'), extra)
    for (const name of ['configMap', 'secret'] as const) {
      const part = source[name]
      if (part === undefined) continue
      validateReference(part.name, at.at(name, 'name'))
      validateFiles(part, at.at(name))
      for (const [i, item] of (part.items ?? []).entries()) takePath(item.path, at.at(name, 'items', i, 'path'))
    }
    eachItem(at.at('downwardAPI', 'items'), source.downwardAPI?.items, (file, place) => {
      validateDownwardFile(file, place)
      takePath(file.path, place.at('path'))
    })
    const token = source.serviceAccountToken
    if (token !== undefined) {
      validateFilePath(token.path, at.at('serviceAccountToken', 'path'))
      validateRange(token.expirationSeconds, 600, 2 ** 32, at.at('serviceAccountToken', 'expirationSeconds'))
    }
  })
}
