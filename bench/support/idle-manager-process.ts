/** The manager of the idle benchmark, in a process of its own: prints `{ port, join }` once agents may come. */
import { runManager } from '../../src/manager/manager.js'

const [directory = '', repository = ''] = process.argv.slice(2)
const manager = await runManager({
  directory,
  sources: [{ id: 'main', url: repository, branch: 'main', path: '' }],
  host: '127.0.0.1',
  port: 0,
  advertise: '127.0.0.1',
  version: 'bench',
  localNode: null,
  log: () => {},
})
const joins = []
for (let i = 0; i < 100; i++) joins.push(await manager.createToken(600_000))
console.log(JSON.stringify({ port: manager.port, joins }))
process.on('SIGTERM', () => void manager.close().then(() => process.exit(0)))
