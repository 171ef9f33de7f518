/** Files of the PKI folder: readable by the owner only, written whole or not at all, and on disk when the call returns. */
import { randomBytes } from 'node:crypto'
import { chmod, mkdir, open, readFile, rename, rm } from 'node:fs/promises'
import path from 'node:path'

/** Makes a folder that only its owner may enter. */
export async function makePrivateFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 })
  await chmod(folder, 0o700)
}

/** Replaces a file: after a crash at any moment it has its old or its new contents. */
export async function writeWhole(file: string, text: string): Promise<void> {
  const draft = `${file}.${randomBytes(6).toString('hex')}.tmp`
  try {
    const handle = await open(draft, 'wx', 0o600)
    try {
      await handle.writeFile(text)
      await handle.sync()
    } finally {
      await handle.close()
    }
    await rename(draft, file)
  } catch (error) {
    await rm(draft, { force: true })
    throw new Error(`write ${file}: ${(error as Error).message}`, { cause: error })
  }
  await syncFolder(path.dirname(file))
}

/** Makes renames in the folder durable. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** The file's text, or null when there is none. */
export async function readIfThere(file: string): Promise<string | null> {
  try {
    return await readFile(file, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw new Error(`read ${file}: ${(error as Error).message}`, { cause: error })
  }
}

/** Parsed JSON of a file, or the fallback when there is none; an error that names the file when it is damaged. */
export async function readJson<T>(file: string, fallback: T): Promise<T> {
  const text = await readIfThere(file)
  if (text === null) return fallback
  try {
    return JSON.parse(text) as T
  } catch (error) {
    throw new Error(`read ${file}: it is damaged; bring the pki folder back with headway restore`, { cause: error })
  }
}
