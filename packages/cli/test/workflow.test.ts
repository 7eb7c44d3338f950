import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { inflateSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { freshFolder } from '../../../testing/folders.ts'
import { pegasusCorpus, skipShared } from '../../../testing/shared-data.ts'
import { pairFolder, skyloomIn } from './command.ts'

describe('skyloom workflow validate', () => {
  test('finds no fault with a good workflow', async () => {
    const folder = await pairFolder()
    expect(await skyloomIn(folder, 'workflow', 'validate', 'workflow.yml')).toEqual({
      code: 0,
      stdout: 'workflow.yml: no fault found\n',
      stderr: '',
    })
  })

  test('lists everything that is wrong, in all files, with places', async () => {
    const folder = await pairFolder()
    const good = await readFile(join(folder, 'workflow.yml'), 'utf8')
    await writeFile(
      join(folder, 'bad.yml'),
      good.replace('type: input', 'type: inptu').replace('name: pair', 'name: a b'),
    )
    await writeFile(join(folder, 'two.yml'), good.replace('lfn: end.txt', 'lfn: mid.txt'))
    const { code, stdout, stderr } = await skyloomIn(
      folder,
      'workflow',
      'validate',
      'bad.yml',
      'two.yml',
      'none.yml',
    )
    expect(code).toBe(1)
    expect(stdout).toBe('bad.yml: 2 errors, 0 warnings\ntwo.yml: 1 error, 1 warning\n')
    expect(stderr).toContain('bad.yml:2:7: name')
    expect(stderr).toContain('did you mean input')
    expect(stderr).toContain('[TWO_PRODUCERS]')
    expect(stderr).toContain('[BASE_READ_FAILED]')
  })

  test('--strict counts warnings, --json prints one document', async () => {
    const folder = await pairFolder()
    const good = await readFile(join(folder, 'workflow.yml'), 'utf8')
    await writeFile(
      join(folder, 'odd.yml'),
      good.replace('  uses:\n  - {lfn: mid.txt', '  stdin: other.txt\n  uses:\n  - {lfn: mid.txt'),
    )
    expect((await skyloomIn(folder, 'workflow', 'validate', 'odd.yml')).code).toBe(0)
    const { code, stdout } = await skyloomIn(folder, 'workflow', 'validate', 'odd.yml', '--strict', '--json')
    expect(code).toBe(1)
    expect(JSON.parse(stdout)).toMatchObject({
      file: 'odd.yml',
      format: 'pegasus',
      jobs: 2,
      findings: [{ severity: 'warning', code: 'UNKNOWN_REFERENCE' }],
    })
  })
})

describe('skyloom workflow show', () => {
  test('shows the parts of a workflow', async () => {
    const { code, stdout } = await skyloomIn(await pairFolder(), 'workflow', 'show', 'workflow.yml')
    expect(code).toBe(0)
    expect(stdout).toBe(
      [
        'workflow  pair (pegasus)',
        'jobs      2, 1 dependency, 2 levels',
        '          1 first',
        '          1 second',
        'inputs    raw.txt',
        'results   end.txt',
        '',
      ].join('\n'),
    )
  })

  test('shows one job with its files and neighbours', async () => {
    const folder = await pairFolder()
    const { stdout } = await skyloomIn(folder, 'workflow', 'show', 'workflow.yml', 'ID1')
    expect(stdout).toContain('arguments  -i raw.txt\n')
    expect(stdout).toContain('writes     mid.txt, read by ID2\n')
    expect(stdout).toContain('profiles   pegasus.runtime = 60\n')
    const json = await skyloomIn(folder, 'workflow', 'show', 'workflow.yml', 'ID2', '--json')
    expect(JSON.parse(json.stdout)).toMatchObject({
      id: 'ID2',
      level: 1,
      reads: [{ lfn: 'mid.txt', from: 'ID1' }],
      writes: [{ lfn: 'end.txt', to: [], isResult: true }],
      parents: ['ID1'],
    })
  })

  test('suggests a job with a similar id', async () => {
    const { code, stderr } = await skyloomIn(await pairFolder(), 'workflow', 'show', 'workflow.yml', 'id1')
    expect(code).toBe(1)
    expect(stderr).toContain('did you mean ID1')
  })
})

test('skyloom workflow stats tells shape, files and run times', async () => {
  const folder = await pairFolder()
  const { stdout } = await skyloomIn(folder, 'workflow', 'stats', 'workflow.yml')
  expect(stdout).toContain('jobs        2\n')
  expect(stdout).toContain('run time    1 min 00 s in all (1 job without)')
  const json = JSON.parse(
    (await skyloomIn(folder, 'workflow', 'stats', 'workflow.yml', '--json')).stdout,
  ) as object
  expect(json).toMatchObject({
    edges: 1,
    levelWidths: [1, 1],
    inputs: { files: 1, bytes: 0, filesWithoutSize: 1 },
    intermediate: { files: 1 },
    outputs: { files: 1 },
    criticalPathSeconds: 60,
    criticalPath: ['ID1'],
  })
})

describe('skyloom workflow graph', () => {
  test('prints Graphviz or Mermaid on the terminal', async () => {
    const folder = await pairFolder()
    const dot = await skyloomIn(folder, 'workflow', 'graph', 'workflow.yml')
    expect(dot.stdout).toContain('"ID1" -> "ID2"')
    const mermaid = await skyloomIn(folder, 'workflow', 'graph', 'workflow.yml', '--format', 'mermaid')
    expect(mermaid.stdout).toMatch(/^flowchart TD\n/)
  })

  test('writes the form that the ending says, and nothing twice', async () => {
    const folder = await pairFolder()
    const graph = ['workflow', 'graph', 'workflow.yml', '-o'] as const
    expect(await skyloomIn(folder, ...graph, 'g.svg')).toMatchObject({
      code: 0,
      stdout: 'g.svg: 2 nodes, 1 edge\n',
    })
    expect(await readFile(join(folder, 'g.svg'), 'utf8')).toMatch(/^<svg .*\n<title>pair<\/title>/)
    expect(await skyloomIn(folder, ...graph, 'g.svg')).toMatchObject({ code: 4 })
    expect(await skyloomIn(folder, ...graph, 'g.svg', '--overwrite')).toMatchObject({ code: 0 })
    expect(await skyloomIn(folder, ...graph, 'g.mmd', '--by', 'transformation')).toMatchObject({ code: 0 })
    expect(await readFile(join(folder, 'g.mmd'), 'utf8')).toContain('first')
    const other = await skyloomIn(folder, ...graph, 'g.jpg')
    expect(other).toMatchObject({ code: 2 })
    expect(other.stderr).toContain('allowed svg, png')
  })

  test('draws PNG: boxes in the colours of the SVG, edges between them', async () => {
    const folder = await pairFolder()
    await skyloomIn(folder, 'workflow', 'graph', 'workflow.yml', '-o', 'g.png', '--files')
    const png = await readFile(join(folder, 'g.png'))
    const { width, height, pixels } = decodePng(png)
    expect(png.subarray(0, 8).toString('latin1')).toBe('\x89PNG\r\n\x1a\n')
    expect(pixels.length).toBe(width * height * 3)
    const colours = new Set<string>()
    for (let i = 0; i < pixels.length; i += 3) colours.add(pixels.subarray(i, i + 3).toString('hex'))
    for (const colour of ['ffffff', '9ecae1', 'fdae6b', 'f2f2f2', '222a33']) expect(colours).toContain(colour)
  })
})

/** Size and pixels of a PNG with RGB rows that are not filtered. */
function decodePng(png: Buffer): { width: number; height: number; pixels: Buffer } {
  const width = png.readUInt32BE(16)
  const height = png.readUInt32BE(20)
  const length = png.readUInt32BE(33)
  const rows = inflateSync(png.subarray(41, 41 + length))
  const stride = width * 3 + 1
  const pixels = Array.from({ length: height }, (_, row) =>
    rows.subarray(row * stride + 1, (row + 1) * stride),
  )
  return { width, height, pixels: Buffer.concat(pixels) }
}

describe('skyloom workflow convert', () => {
  test('between YAML and JSON and back, without loss', async () => {
    const folder = await pairFolder()
    const convert = ['workflow', 'convert'] as const
    expect(await skyloomIn(folder, ...convert, 'workflow.yml', 'w.json', '--to', 'json')).toMatchObject({
      code: 0,
    })
    expect(await skyloomIn(folder, ...convert, 'w.json', 'again.yml')).toMatchObject({ code: 0, stderr: '' })
    expect(await skyloomIn(folder, ...convert, 'workflow.yml', '-o', 'straight.yml')).toMatchObject({
      code: 0,
    })
    expect(await skyloomIn(folder, ...convert, 'workflow.yml')).toMatchObject({ code: 2 })
    const text = async (name: string): Promise<string> => await readFile(join(folder, name), 'utf8')
    expect(await text('again.yml')).toBe(await text('straight.yml'))
  })

  test('to WfFormat, and says what that cannot express', async () => {
    const folder = await pairFolder()
    const args = ['workflow', 'convert', 'workflow.yml', 'w.json'] as const
    expect(await skyloomIn(folder, ...args)).toMatchObject({ code: 2 })
    const { code, stderr } = await skyloomIn(folder, ...args, '--to', 'wfformat')
    expect(code).toBe(0)
    expect(stderr).toContain('left out: size of a file')
    expect(JSON.parse(await readFile(join(folder, 'w.json'), 'utf8'))).toMatchObject({ schemaVersion: '1.5' })
  })

  test('from an HTCondor DAG, with the catalogs that it implies, or not at all', async () => {
    const folder = freshFolder()
    await writeFile(join(folder, 'in.dag'), 'JOB A a.sub\nJOB B a.sub\nPARENT A CHILD B\n')
    await writeFile(join(folder, 'a.sub'), 'executable = /bin/tool\narguments = -x\nqueue\n')
    await writeFile(join(folder, 'transformations.yml'), 'mine\n')
    const args = ['workflow', 'convert', 'in.dag', 'workflow.yml'] as const
    const refused = await skyloomIn(folder, ...args)
    expect(refused.code).toBe(4)
    expect(await readdir(folder)).not.toContain('workflow.yml')
    const { code, stdout } = await skyloomIn(folder, ...args, '--overwrite')
    expect(code).toBe(0)
    expect(stdout).toContain('2 jobs, dag to yaml')
    expect(await readFile(join(folder, 'transformations.yml'), 'utf8')).toContain('pfn: /bin/tool')
    expect((await skyloomIn(folder, 'workflow', 'validate', 'workflow.yml')).code).toBe(0)
  })

  test.skipIf(skipShared)('from a trace of WfCommons', async () => {
    const folder = freshFolder()
    const trace = join(pegasusCorpus, 'instances', 'montage-chameleon-2mass-005d-001.json')
    const args = ['workflow', 'convert', trace, 'workflow.yml', '--input-prefix', 'file:///data/'] as const
    const { code, stdout } = await skyloomIn(folder, ...args)
    expect(code).toBe(0)
    expect(stdout).toContain('58 jobs, wfformat to yaml')
    expect(await readFile(join(folder, 'replicas.yml'), 'utf8')).toContain('file:///data/')
  })
})

test('help of every command has an example and fits a terminal', async () => {
  const folder = freshFolder()
  const commands = [
    ['workflow'],
    ...['validate', 'show', 'stats', 'graph', 'convert'].map((name) => ['workflow', name]),
    ['plan'],
    ['plan', 'explain'],
    ['catalog'],
    ...['list', 'validate', 'add'].map((name) => ['catalog', name]),
    ...['replica', 'site', 'transformation', 'container'].map((name) => ['catalog', 'add', name]),
  ]
  for (const command of commands) {
    const { code, stdout } = await skyloomIn(folder, ...command, '--help')
    expect(code).toBe(0)
    expect(stdout).toMatch(/\nExamples?:\n {2}skyloom /)
    for (const line of stdout.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80)
  }
})
