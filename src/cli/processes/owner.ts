/**
 * Who the cluster belongs to when `headway up` runs under sudo: the invoking user, so that git accepts the repository
 * and the user's own commands reach the manager.
 */
import { chownSync, lchownSync, lstatSync, readdirSync } from 'node:fs'
import path from 'node:path'
import type { Context } from '../context.js'

/** `uid:gid` of the person who ran sudo; empty when the process runs as itself. */
export function findOwner(context: Context): string {
  const uid = context.env['SUDO_UID']
  const gid = context.env['SUDO_GID']
  if (process.getuid?.() !== 0 || uid === undefined || gid === undefined) return ''
  return /^\d+$/.test(uid) && /^\d+$/.test(gid) && uid !== '0' ? `${uid}:${gid}` : ''
}

/** Gives one file to the owner; nothing for the empty owner. */
export function giveTo(owner: string, file: string): void {
  const parsed = parseOwner(owner)
  if (parsed !== null) chownSync(file, parsed.uid, parsed.gid)
}

/** Gives a whole folder to the owner; links are not followed. */
export function giveTreeTo(owner: string, folder: string): void {
  const parsed = parseOwner(owner)
  if (parsed === null) return
  lchownSync(folder, parsed.uid, parsed.gid)
  if (!lstatSync(folder).isDirectory()) return
  for (const name of readdirSync(folder)) giveTreeTo(owner, path.join(folder, name))
}

function parseOwner(owner: string): { readonly uid: number; readonly gid: number } | null {
  const match = /^(\d+):(\d+)$/.exec(owner)
  return match === null ? null : { uid: Number(match[1]), gid: Number(match[2]) }
}
