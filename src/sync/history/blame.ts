import type { BlameInput, BlameView } from '../history.js'
export async function blameObject(_input: BlameInput): Promise<BlameView | null> {
  throw new Error('not there yet')
}
