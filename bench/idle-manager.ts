/** The idle manager with 100 agents, alone; `plan-one-change` prints the same rows. */
import { measureIdleManager } from './support/idle-manager.js'

console.log(JSON.stringify(await measureIdleManager()))
process.exit(0)
