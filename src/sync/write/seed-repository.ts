import type { SeedInput } from '../writer.js'
export async function seedRepository(_input: SeedInput): Promise<string> {
  throw new Error('not there yet')
}
