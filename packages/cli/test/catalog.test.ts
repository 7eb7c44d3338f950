import { createHash } from 'node:crypto'
import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { freshFolder } from '../../../testing/folders.ts'
import { folderWith, pairFolder, skyloomIn } from './command.ts'

const COMMENTED = `# files of the survey
pegasus: "5.0" # as always
replicas:
# the first
- lfn: raw.txt
  pfns:
  - {site: local, pfn: /data/raw.txt}   # on the disk
- lfn: odd.txt
  pfns: []
`

describe('skyloom catalog add', () => {
  test('makes a catalog that does not exist', async () => {
    const folder = freshFolder()
    const { code, stdout } = await skyloomIn(folder, 'catalog', 'add', 'replica', 'a.txt', '/data/a.txt')
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'replicas.yml: replica a.txt created\n' })
    expect(await skyloomIn(folder, 'catalog', 'validate')).toMatchObject({
      code: 0,
      stdout: 'replicas.yml: replicas, no fault found\n',
    })
  })

  test('keeps comments, order and spelling of what is there', async () => {
    const folder = await folderWith({ 'replicas.yml': COMMENTED })
    const add = ['catalog', 'add', 'replica'] as const
    await skyloomIn(folder, ...add, 'new.txt', 'http://host/new.txt', '--site', 'web')
    await skyloomIn(folder, ...add, 'odd.txt', '/data/odd.txt')
    const text = await readFile(join(folder, 'replicas.yml'), 'utf8')
    for (const kept of ['# files of the survey', '"5.0" # as always', '# the first', '# on the disk']) {
      expect(text).toContain(kept)
    }
    expect(text).toContain('- lfn: odd.txt\n  pfns:\n  - site: local\n    pfn: /data/odd.txt\n')
    expect(text.indexOf('odd.txt')).toBeLessThan(text.indexOf('new.txt'))
  })

  test('adds places to a file, checksum and size of the file itself, and nothing twice', async () => {
    const folder = await folderWith({ 'a.txt': 'hello\n' })
    const pfn = join(folder, 'a.txt')
    const add = ['catalog', 'add', 'replica', 'a.txt'] as const
    await skyloomIn(folder, ...add, '/elsewhere/a.txt', '--site', 'pool')
    const extended = await skyloomIn(folder, ...add, pfn, '--compute')
    expect(extended.stdout).toContain('extended')
    const text = await readFile(join(folder, 'replicas.yml'), 'utf8')
    expect(text).toContain(createHash('sha256').update('hello\n').digest('hex'))
    expect(text).toContain('size: "6"')
    const same = await skyloomIn(folder, ...add, pfn, '--compute', '--json')
    expect(JSON.parse(same.stdout)).toEqual({ file: 'replicas.yml', name: 'a.txt', change: 'unchanged' })
    expect(await readFile(join(folder, 'replicas.yml'), 'utf8')).toBe(text)
    const other = await skyloomIn(folder, ...add, pfn, '--sha256', '0'.repeat(64))
    expect(other.code).toBe(4)
    expect(await readFile(join(folder, 'replicas.yml'), 'utf8')).toBe(text)
  })

  test('writes patterns, and refuses those that do not compile', async () => {
    const folder = freshFolder()
    const add = ['catalog', 'add', 'replica', '--regex'] as const
    expect(await skyloomIn(folder, ...add, 'raw_(\\d+)', 'file:///data/[1].fits')).toMatchObject({ code: 0 })
    const bad = await skyloomIn(folder, ...add, 'raw_(', 'file:///data/[1].fits')
    expect(bad.code).toBe(1)
    expect(bad.stderr).toContain('raw_(')
  })

  test('appends lines to catalogs in text form', async () => {
    const folder = await folderWith({ 'rc.txt': '# mine\na.txt /data/a.txt site="local"' })
    await skyloomIn(folder, 'catalog', 'add', 'replica', 'b c.txt', '/data/b c.txt', '--file', 'rc.txt')
    const text = await readFile(join(folder, 'rc.txt'), 'utf8')
    expect(text).toMatch(/^# mine\na\.txt \/data\/a\.txt site="local"\n"b c\.txt" /)
    expect((await skyloomIn(folder, 'catalog', 'list', 'rc.txt')).stdout).toContain('rc.txt: 2 replicas\n')
  })

  test('adds sites and programs with which a plan can be made', async () => {
    const folder = await pairFolder({ 'sites.yml': 'pegasus: "5.0"\nsites: []\n', 'transformations.yml': '' })
    await writeFile(join(folder, 'sites.yml'), 'pegasus: "5.0"\nsites:\n- name: local\n')
    await writeFile(join(folder, 'transformations.yml'), 'pegasus: "5.0"\ntransformations: []\n')
    const add = ['catalog', 'add'] as const
    const site = ['--scratch', '/srv/scratch', '--storage', '/srv/out']
    expect((await skyloomIn(folder, ...add, 'site', 'local', ...site)).code).toBe(4)
    expect((await skyloomIn(folder, ...add, 'site', 'local', ...site, '--overwrite')).stdout).toContain(
      'replaced',
    )
    await skyloomIn(folder, ...add, 'site', 'grid', '--arch', 'x86_64', '--profile', 'pegasus.style=glite')
    for (const name of ['first', 'second']) {
      await skyloomIn(folder, ...add, 'transformation', name, `/bin/${name}`, '--site', 'grid')
    }
    const plan = await skyloomIn(folder, 'plan', '-s', 'grid', '-o', 'local', '--dry-run', '--json')
    expect(JSON.parse(plan.stdout)).toMatchObject({ jobs: { compute: 2 } })
  })

  test('adds further sites to a program, and its container', async () => {
    const folder = freshFolder()
    const add = ['catalog', 'add'] as const
    const program = ['transformation', 'ns::tool:4.0'] as const
    await skyloomIn(folder, ...add, ...program, '/bin/tool', '--site', 'a')
    expect((await skyloomIn(folder, ...add, ...program, '/opt/tool', '--site', 'b')).stdout).toContain(
      'extended',
    )
    expect((await skyloomIn(folder, ...add, ...program, '/usr/tool', '--site', 'b')).code).toBe(4)
    const unknown = await skyloomIn(
      folder,
      ...add,
      ...program,
      '/bin/tool',
      '--site',
      'c',
      '--container',
      'img',
    )
    expect(unknown.code).toBe(1)
    expect(unknown.stderr).toContain('img')
    await skyloomIn(folder, ...add, 'container', 'img', 'docker:///tool/tool:4', '--mount', '/data:/data:ro')
    expect(
      (await skyloomIn(folder, ...add, ...program, '/bin/tool', '--site', 'c', '--container', 'img')).code,
    ).toBe(0)
    const { stdout } = await skyloomIn(folder, 'catalog', 'list')
    expect(stdout).toBe(
      [
        'transformations.yml: 2 transformations',
        '  ns::tool:4.0  a  /bin/tool              installed',
        '  ns::tool:4.0  b  /opt/tool              installed',
        '  ns::tool:4.0  c  /bin/tool              installed in img',
        '  img              docker:///tool/tool:4  docker container',
        '',
      ].join('\n'),
    )
  })

  test('does not touch a catalog with errors', async () => {
    const folder = await folderWith({ 'replicas.yml': 'pegasus: "5.0"\nreplicas:\n- lfn: a\n' })
    const { code, stderr } = await skyloomIn(folder, 'catalog', 'add', 'replica', 'b', '/data/b')
    expect(code).toBe(1)
    expect(stderr).toContain('skyloom catalog validate')
    expect(await readdir(folder)).toEqual(['replicas.yml'])
  })

  test('says what is wrong with options', async () => {
    const folder = freshFolder()
    const add = ['catalog', 'add', 'site', 'x'] as const
    expect(await skyloomIn(folder, ...add, '--profile', 'style=condor')).toMatchObject({ code: 2 })
    expect(await skyloomIn(folder, ...add, '--profile', 'condor')).toMatchObject({ code: 2 })
    expect(await skyloomIn(folder, ...add, '--arch', 'z80')).toMatchObject({ code: 2 })
    expect(await skyloomIn(folder, ...add, '--scratch', 'relative')).toMatchObject({ code: 1 })
    expect(await readdir(folder)).toEqual([])
  })
})

describe('skyloom catalog list', () => {
  test('lists the catalogs of the current folder', async () => {
    const folder = await pairFolder({ 'pegasus.properties': 'pegasus.mode = debug\n' })
    const { code, stdout } = await skyloomIn(folder, 'catalog', 'list')
    expect(code).toBe(0)
    expect(stdout).toMatch(/^sites\.yml: 2 sites\n {2}local +\/srv\/scratch +sharedScratch\n/)
    expect(stdout).toContain('transformations.yml: 2 transformations\n')
    expect(stdout).toContain('  raw.txt  local  /data/raw.txt\n')
    expect(stdout).toContain('pegasus.properties: 1 property\n')
  })

  test('--name and --json', async () => {
    const folder = await pairFolder()
    const { stdout } = await skyloomIn(
      folder,
      'catalog',
      'list',
      'transformations.yml',
      '--name',
      'sec',
      '--json',
    )
    expect(JSON.parse(stdout)).toEqual({
      file: 'transformations.yml',
      kind: 'transformations',
      entries: [{ name: 'second', site: 'cluster', place: '/bin/second', more: 'installed' }],
    })
  })

  test('says where it looked when there is nothing', async () => {
    const { code, stderr } = await skyloomIn(freshFolder(), 'catalog', 'list')
    expect(code).toBe(1)
    expect(stderr).toContain('sites.yml')
  })
})

test('skyloom catalog validate lists faults of every kind of catalog', async () => {
  const folder = await folderWith({
    'sites.yml': 'pegasus: "5.0"\nsites:\n- name: a\n  arch: x87\n',
    'tc.txt': 'tr tool {\n  site a {\n    type "INSTALLED"\n  }\n}\n',
    'replicas.json': '{"pegasus": "5.0", "replicas": [{"lfn": "a", "pfns": [], "colour": 1}]}',
    'pegasus.properties': 'pegasus.mod = debug\n',
  })
  const files = ['sites.yml', 'tc.txt', 'replicas.json', 'pegasus.properties']
  const { code, stdout, stderr } = await skyloomIn(folder, 'catalog', 'validate', ...files)
  expect(code).toBe(1)
  expect(stdout).toMatch(
    /^sites\.yml: sites, 1 error, 0 warnings\ntc\.txt: transformations, \d+ errors?, 0 warnings\n/,
  )
  expect(stdout).toContain(
    'replicas.json: replicas, 1 error, 0 warnings\npegasus.properties: properties, 0 errors, 1 warning\n',
  )
  expect(stderr).toContain('colour')
  expect(stderr).toContain('did you mean pegasus.mode')
  expect((await skyloomIn(folder, 'catalog', 'validate', 'pegasus.properties')).code).toBe(0)
  expect((await skyloomIn(folder, 'catalog', 'validate', 'pegasus.properties', '--strict')).code).toBe(1)
})
