/** Volumes of a pod on a real file system; what needs root is skipped without it. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { suite } from 'uvu'
import * as assert from 'uvu/assert'
import { SANDBOX } from '../../../src/agents/core/pod-form.js'
import { VolumeError } from '../../../src/agents/pod-volumes.js'
import { openPodVolumes } from '../../../src/agents/volumes/open-pod-volumes.js'
import type { Volume, VolumeMount } from '../../../src/model/generated/kubernetes.js'
import type { ConfigContents } from '../../../src/model/protocol.js'
import { contentsOf, openFolders, UID, type VolumeFolders, volumeRequest } from './volume-request.js'

const tests = suite('pod volumes')
const isRoot = process.getuid?.() === 0

function addTest(name: string, run: (folders: VolumeFolders) => Promise<void>, needsRoot = false): void {
  if (needsRoot && !isRoot) {
    process.stdout.write(`skipped "${name}": it needs root\n`)
    tests.skip(name)
    return
  }
  tests(name, async () => {
    const folders = openFolders()
    try {
      await run(folders)
    } finally {
      await openPodVolumes(folders.options).remove(UID)
      folders.close()
    }
  })
}

function specWith(volume: Volume, mount: Partial<VolumeMount> = {}) {
  const mounts = [{ name: volume.name, mountPath: '/data', ...mount }]
  return { volumes: [volume], containers: [{ name: 'app', volumeMounts: mounts }] }
}

/** Where the app container's only mount comes from. */
async function sourceOf(
  folders: VolumeFolders,
  volume: Volume,
  mount: Partial<VolumeMount> = {},
  contents: readonly ConfigContents[] = [],
) {
  const mounts = await openPodVolumes(folders.options).prepare(volumeRequest(specWith(volume, mount), contents))
  const [only] = mounts.get('app') ?? []
  assert.ok(only)
  return only
}

async function refusal(
  folders: VolumeFolders,
  volume: Volume,
  mount: Partial<VolumeMount> = {},
  contents: readonly ConfigContents[] = [],
) {
  try {
    await sourceOf(folders, volume, mount, contents)
  } catch (error) {
    assert.instance(error, VolumeError, String(error))
    return (error as Error).message
  }
  throw new Error('was to be refused')
}

addTest('an emptyDir is open to all, keeps its contents and goes with the pod', async (folders) => {
  const volume = { name: 'cache', emptyDir: {} }
  const { source, type, readOnly } = await sourceOf(folders, volume)
  assert.equal([type, readOnly, statSync(source).mode & 0o7777], ['bind', false, 0o777])
  writeFileSync(path.join(source, 'kept'), 'x')
  await sourceOf(folders, volume)
  assert.ok(existsSync(path.join(source, 'kept')))
  assert.equal(await openPodVolumes(folders.options).list(), [UID])
  await openPodVolumes(folders.options).remove(UID)
  assert.equal([existsSync(source), await openPodVolumes(folders.options).list()], [false, []])
})

addTest(
  'fsGroup owns an emptyDir',
  async (folders) => {
    const spec = { ...specWith({ name: 'cache', emptyDir: {} }), securityContext: { fsGroup: 2000 } }
    const mounts = await openPodVolumes(folders.options).prepare(volumeRequest(spec))
    const stats = statSync(mounts.get('app')?.[0]?.source ?? '')
    assert.equal([stats.gid, stats.mode & 0o7777], [2000, 0o2777])
  },
  true,
)

addTest('an emptyDir in memory is an engine volume that the sandbox holds', async (folders) => {
  const volume = { name: 'fast', emptyDir: { medium: 'Memory', sizeLimit: '16Mi' } }
  const mounts = await openPodVolumes(folders.options).prepare(volumeRequest(specWith(volume)))
  const name = `headway-c0ffee-${UID}-fast`
  assert.equal([...folders.engineVolumes], [[name, 'size=16777216,mode=0777']])
  assert.equal(
    mounts.get('app')?.map((mount) => [mount.type, mount.source, mount.target]),
    [['volume', name, '/data']],
  )
  assert.equal(
    mounts.get(SANDBOX)?.map((mount) => [mount.source, mount.target]),
    [[name, '/volumes/fast']],
  )
  await openPodVolumes(folders.options).remove(UID)
  assert.is(folders.engineVolumes.size, 0)
})

addTest('a configMap is swapped in place; secrets are in memory only', async (folders) => {
  const volumes = openPodVolumes(folders.options)
  const spec = {
    volumes: [
      { name: 'config', configMap: { name: 'web' } },
      { name: 'keys', secret: { secretName: 'tls', defaultMode: 0o400 } },
    ],
    containers: [
      {
        name: 'app',
        volumeMounts: [
          { name: 'config', mountPath: '/config' },
          { name: 'keys', mountPath: '/keys' },
        ],
      },
    ],
  }
  const first = [
    contentsOf('ConfigMap', 'web', 1, { colour: 'green' }),
    contentsOf('Secret', 'tls', 1, { key: 'hidden-1' }),
  ]
  const mounts = (await volumes.prepare(volumeRequest(spec, first))).get('app') ?? []
  const [config, keys] = mounts.map((mount) => mount.source) as [string, string]
  assert.equal(
    mounts.map((mount) => mount.readOnly),
    [true, true],
  )
  assert.is(readFileSync(path.join(config, 'colour'), 'utf8'), 'green')
  assert.is(readFileSync(path.join(keys, 'key'), 'utf8'), 'hidden-1')
  assert.is(statSync(path.join(keys, 'key')).mode & 0o777, 0o400)
  assert.ok(keys.startsWith(folders.options.memoryDirectory))
  const next = [
    contentsOf('ConfigMap', 'web', 2, { colour: 'blue' }),
    contentsOf('Secret', 'tls', 2, { key: 'hidden-2' }),
  ]
  await volumes.update(volumeRequest(spec, next))
  assert.is(readFileSync(path.join(config, 'colour'), 'utf8'), 'blue')
  assert.is(readFileSync(path.join(keys, 'key'), 'utf8'), 'hidden-2')
  await volumes.remove(UID)
  assert.equal([existsSync(config), existsSync(keys)], [false, false])
})

addTest('items, modes and projections', async (folders) => {
  const projected: Volume = {
    name: 'all',
    projected: {
      defaultMode: 0o440,
      sources: [
        { configMap: { name: 'web', items: [{ key: 'colour', path: 'etc/colour.txt', mode: 0o600 }] } },
        { secret: { name: 'tls' } },
        { downwardAPI: { items: [{ path: 'name', fieldRef: { fieldPath: 'metadata.name' } }] } },
        {
          downwardAPI: { items: [{ path: 'cpu', resourceFieldRef: { containerName: 'app', resource: 'limits.cpu' } }] },
        },
        { configMap: { name: 'absent', optional: true } },
      ],
    },
  }
  const contents = [
    contentsOf('ConfigMap', 'web', 1, { colour: 'green', other: 'x' }),
    contentsOf('Secret', 'tls', 1, { key: 'k' }),
  ]
  const { source } = await sourceOf(folders, projected, {}, contents)
  const read = (name: string) => [
    readFileSync(path.join(source, name), 'utf8'),
    statSync(path.join(source, name)).mode & 0o777,
  ]
  assert.equal(
    readdirSync(source)
      .filter((name) => !name.startsWith('..'))
      .sort(),
    ['cpu', 'etc', 'key', 'name'],
  )
  assert.equal(read('etc/colour.txt'), ['green', 0o600])
  assert.equal(read('key'), ['k', 0o440])
  assert.equal(read('name'), ['field metadata.name', 0o440])
  assert.equal(read('cpu'), ['app limits.cpu 0', 0o440])
  assert.ok(source.startsWith(folders.options.memoryDirectory))
})

const web = [contentsOf('ConfigMap', 'web', 1, { colour: 'green' })]
const refusals: readonly (readonly [string, Volume, Partial<VolumeMount>, RegExp])[] = [
  ['an absent configMap', { name: 'v', configMap: { name: 'nope' } }, {}, /configmap "nope" not found/],
  ['a missing key', { name: 'v', configMap: { name: 'web', items: [{ key: 'x', path: 'x' }] } }, {}, /has no key "x"/],
  [
    'an item that climbs',
    { name: 'v', configMap: { name: 'web', items: [{ key: 'colour', path: '../x' }] } },
    {},
    /relative path/,
  ],
  [
    'a token',
    { name: 'v', projected: { sources: [{ serviceAccountToken: { path: 't' } }] } },
    {},
    /serviceAccountToken is not carried out/,
  ],
  ['a claim', { name: 'v', persistentVolumeClaim: { claimName: 'c' } }, {}, /persistentVolumeClaim is not carried out/],
  ['a climbing subPath', { name: 'v', emptyDir: {} }, { subPath: '../x' }, /without "\.\."/],
  ['an absolute subPathExpr', { name: 'v', emptyDir: {} }, { subPathExpr: '/x' }, /must be relative/],
  ['an unknown variable', { name: 'v', emptyDir: {} }, { subPathExpr: '$(NOPE)' }, /has no variable NOPE/],
  ['a subPath in memory', { name: 'v', emptyDir: { medium: 'Memory' } }, { subPath: 'x' }, /in memory/],
  ['a subPath that configuration lacks', { name: 'v', configMap: { name: 'web' } }, { subPath: 'x' }, /does not exist/],
  [
    'a missing directory',
    { name: 'v', hostPath: { path: '/no/such', type: 'Directory' } },
    {},
    /does not exist on this host/,
  ],
  [
    'a file for a directory',
    { name: 'v', hostPath: { path: '/etc/hostname', type: 'Directory' } },
    {},
    /is not a directory/,
  ],
  ['a directory for a file', { name: 'v', hostPath: { path: '/etc', type: 'File' } }, {}, /is not a file/],
  ['a file for a socket', { name: 'v', hostPath: { path: '/etc/hostname', type: 'Socket' } }, {}, /is not a socket/],
  [
    'a character device for a block device',
    { name: 'v', hostPath: { path: '/dev/null', type: 'BlockDevice' } },
    {},
    /is not a block device/,
  ],
  ['a relative host path', { name: 'v', hostPath: { path: 'etc' } }, {}, /absolute path/],
]
for (const [name, volume, mount, expected] of refusals)
  addTest(`refuses ${name}`, async (folders) => {
    assert.match(await refusal(folders, volume, mount, web), expected)
  })

addTest('hostPath types that make what is missing', async (folders) => {
  const make = async (name: string, type: string): Promise<string> =>
    (await sourceOf(folders, { name: 'v', hostPath: { path: path.join(folders.outside, name), type } })).source
  assert.ok(statSync(await make('a/b', 'DirectoryOrCreate')).isDirectory())
  assert.ok(statSync(await make('file', 'FileOrCreate')).isFile())
  assert.ok(statSync(await make('plain', '')).isDirectory())
  const device = await sourceOf(
    folders,
    { name: 'v', hostPath: { path: '/dev/null', type: 'CharDevice' } },
    { mountPropagation: 'HostToContainer' },
  )
  assert.equal([device.source, device.propagation], ['/dev/null', 'rslave'])
  await openPodVolumes(folders.options).remove(UID)
  assert.ok(existsSync(path.join(folders.outside, 'a/b')), 'host paths stay')
})

addTest('subPath of configuration is the file itself', async (folders) => {
  const { source } = await sourceOf(folders, { name: 'v', configMap: { name: 'web' } }, { subPath: 'colour' }, web)
  assert.is(readFileSync(source, 'utf8'), 'green')
})

addTest(
  'subPath binds what is inside, by an expression too, and is made where it is missing',
  async (folders) => {
    const volume = { name: 'v', hostPath: { path: path.join(folders.outside, 'host') } }
    const { source } = await sourceOf(folders, volume, { subPathExpr: 'pods/$(POD_NAME)' })
    writeFileSync(path.join(source, 'mark'), 'x')
    assert.ok(existsSync(path.join(folders.outside, 'host/pods/web-1/mark')))
    const again = await sourceOf(folders, volume, { subPathExpr: 'pods/$(POD_NAME)' })
    assert.ok(existsSync(path.join(again.source, 'mark')))
    await openPodVolumes(folders.options).remove(UID)
    assert.equal([existsSync(source), existsSync(path.join(folders.outside, 'host/pods/web-1/mark'))], [false, true])
  },
  true,
)

addTest(
  'a link inside a volume may stay inside, and never leads out',
  async (folders) => {
    const host = path.join(folders.outside, 'host')
    mkdirSync(path.join(host, 'real'), { recursive: true })
    writeFileSync(path.join(host, 'real', 'mark'), 'x')
    symlinkSync('real', path.join(host, 'inside'))
    symlinkSync('/etc', path.join(host, 'outside'))
    symlinkSync('../..', path.join(host, 'up'))
    const volume = { name: 'v', hostPath: { path: host } }
    assert.ok(existsSync(path.join((await sourceOf(folders, volume, { subPath: 'inside' })).source, 'mark')))
    for (const subPath of ['outside', 'outside/ssl', 'up', 'inside/../../x'])
      assert.match(await refusal(folders, volume, { subPath }), /leads out|without/)
  },
  true,
)

addTest(
  'a subPath that moved is bound anew',
  async (folders) => {
    const host = path.join(folders.outside, 'host')
    const volume = { name: 'v', hostPath: { path: host } }
    await sourceOf(folders, volume, { subPath: 'a' })
    rmSync(path.join(host, 'a'), { recursive: true })
    mkdirSync(path.join(host, 'a'))
    writeFileSync(path.join(host, 'a', 'fresh'), 'x')
    const { source } = await sourceOf(folders, volume, { subPath: 'a' })
    assert.ok(existsSync(path.join(source, 'fresh')))
  },
  true,
)

tests.run()
