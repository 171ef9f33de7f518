/** Builds everything, or the projects named: `npm run build -- src/planner test/planner`. */
import { build } from './lib.mjs'

const projects = process.argv.slice(2)
process.exit(await build(projects.length > 0 ? projects : ['.']))
