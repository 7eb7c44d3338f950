import { cp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { openRegistry, productFileId } from '@skyloom/registry'
import { describe, expect, test } from 'vitest'
import { demoImages, freshFolder } from '../../../testing/folders.ts'
import { type Answer, skyloomIn } from './command.ts'

const IMAGE = '2mass-atlas-001124n-j0850232.fits.gz'
const OTHER = '2mass-atlas-001124n-j0890244.fits.gz'

/** A folder with two images of the demo and a text, registered in registry.db. */
async function registered(): Promise<string> {
  const folder = freshFolder()
  for (const name of [IMAGE, OTHER]) await cp(join(demoImages, name), join(folder, name))
  await writeFile(join(folder, 'notes, 1.txt'), 'hello\n')
  const added = await command(folder, 'add', IMAGE, OTHER, 'notes, 1.txt', '--set', 'exptime=7.8')
  expect(added).toMatchObject({ code: 0, stderr: '' })
  expect(added.stdout).toContain(`3 files registered in ${join(folder, 'registry.db')}`)
  return folder
}

async function command(folder: string, verb: string, ...args: readonly string[]): Promise<Answer> {
  return await skyloomIn(folder, 'registry', verb, ...args, '--registry', 'registry.db')
}

async function json(folder: string, verb: string, ...args: readonly string[]): Promise<unknown> {
  const { code, stdout } = await command(folder, verb, ...args, '--json')
  expect(code).toBe(0)
  return JSON.parse(stdout)
}

/** Registers a run that makes mosaic.fits from an image. */
async function addRun(folder: string): Promise<void> {
  await using registry = await openRegistry(join(folder, 'registry.db'))
  const [image] = await registry.files.lookup(IMAGE)
  await registry.runs.create({ id: 'run-1', label: 'm42', user: 'ada', host: 'laptop', directory: folder })
  const lease = await registry.runs.acquireLease('run-1', 'engine', 1000)
  const made = ['p.fits', 'mosaic.fits'].map((lfn) => ({ id: productFileId('run-1', lfn), lfn }))
  const [projected, mosaic] = made.map(({ id }) => id)
  const step = (jobId: string, transformation: string) => ({
    jobId,
    attempt: 1,
    task: 1,
    transformation,
    executable: `/usr/bin/${transformation}`,
    programVersion: '6.0',
    arguments: [],
    startMs: 0,
    durationMs: 1,
    exitCode: 0,
  })
  await registry.runs.commit('run-1', lease.isHeld ? 0 : lease.token, {
    files: made,
    replicas: [{ fileId: mosaic ?? '', site: 'local', pfn: join(folder, 'mosaic.fits') }],
    invocations: [step('project_1', 'mProject'), step('add', 'mAdd')],
    used: [
      { jobId: 'project_1', attempt: 1, fileId: image?.id ?? '' },
      { jobId: 'add', attempt: 1, fileId: projected ?? '' },
    ],
    generated: [
      { jobId: 'project_1', attempt: 1, fileId: projected ?? '' },
      { jobId: 'add', attempt: 1, fileId: mosaic ?? '' },
    ],
  })
  await registry.runs.releaseLease('run-1', lease.isHeld ? 0 : lease.token)
}

describe('skyloom registry', () => {
  test('registers images with metadata, checksum and place on the sky, and finds them', async () => {
    const folder = await registered()
    const shown = (await json(folder, 'show', IMAGE)) as Record<string, unknown>
    expect(shown).toMatchObject({
      lfn: IMAGE,
      type: 'image',
      id: `sha256-48fde65a737b9336de3e24b14ba7080a/${IMAGE}`,
      metadata: { band: 'J', exptime: 7.8, width: 512, height: 1024, airmass: 1.38643384 },
      replicas: [{ site: 'local', pfn: join(folder, IMAGE) }],
    })
    // CRVAL and CDELT of the header; the frame of the file, FK5, and ICRS differ by 0.02 arcsec.
    const { ra, dec, pixel_scale: scale } = shown['metadata'] as Record<string, number>
    expect(ra).toBeCloseTo(83.59137637, 4)
    expect(dec).toBeCloseTo(-5.25305888, 4)
    expect(scale).toBeCloseTo(3600 * 0.0002777777845, 8)
    const found = async (...args: readonly string[]): Promise<number> =>
      ((await json(folder, 'find', ...args)) as { files: unknown[] }).files.length
    expect(await found()).toBe(3)
    expect(await found('--type', 'image', '--where', 'band = "J" and exptime > 7')).toBe(2)
    // The corner of the first image is 0.0716 degrees east and 0.1422 degrees south of its centre.
    expect(await found('--near', '83.59138 -5.25306', '0.01')).toBe(1)
    expect(await found('--near', '83.6700 -5.2531', '0.005')).toBe(0)
    expect(await found('--near', '83.6700 -5.2531', '0.008')).toBe(1)
    expect(await found('--near', '83.8 -5.4', '--radius', '1')).toBe(2)
    expect(await found('--near', '263.8 5.4', '1')).toBe(0)
    // The same place in hours, and in galactic coordinates.
    expect(await found('--near', '5h34m21.93s -5d15m11s', '0.01')).toBe(1)
    expect(await found('--near', '208.78 -19.51 gal', '0.05')).toBe(1)
    const table = await command(
      folder,
      'find',
      '--type',
      'image',
      '--limit',
      '1',
      '--columns',
      'band,exptime',
    )
    expect(table.stdout).toMatch(
      /^file +type +size +band +exptime\n\S+ +image +1\.56 MiB +J +7\.8\n1 file found\n$/,
    )
  })

  test('says what is wrong with a query, and exits with 2', async () => {
    const folder = await registered()
    const { code, stderr } = await command(folder, 'find', '--where', 'band = "J"\n  and exptme > 7')
    expect(code).toBe(2)
    expect(stderr).toContain('query, line 2, column 7: no file has metadata of this name: found exptme')
    expect(await command(folder, 'find', '--near', '1 2')).toMatchObject({ code: 2 })
    expect(await command(folder, 'find', '--near', 'Orion', '1')).toMatchObject({ code: 2 })
    expect(await command(folder, 'find', 'wide', '--near', '1 2')).toMatchObject({ code: 2 })
  })

  test('does not make a registry to look into it', async () => {
    const folder = freshFolder()
    const { code, stderr } = await command(folder, 'find')
    expect(code).toBe(1)
    expect(stderr).toContain(`${join(folder, 'registry.db')}: there is no registry`)
    expect(await skyloomIn(folder, 'registry', 'add', 'none', '--registry', 'registry.db')).toMatchObject({
      code: 1,
    })
  })

  test('names what it cannot register and goes on with the rest', async () => {
    const folder = await registered()
    await writeFile(join(folder, 'cut.fits'), (await readFile(join(demoImages, IMAGE))).subarray(0, 50_000))
    await writeFile(join(folder, 'rules.json'), JSON.stringify(RULES))
    const { code, stdout, stderr } = await command(
      folder,
      'add',
      'none.fits',
      IMAGE,
      '--definitions',
      'rules.json',
    )
    expect(code).toBe(1)
    expect(stderr).toContain('none.fits: the file whose checksum is wanted cannot be read')
    expect(stderr).toContain(`${IMAGE}, metadata expnum: required metadata are missing`)
    expect(stdout).toContain('0 files registered')
    const dry = await command(folder, 'add', 'none.fits', IMAGE, '--dry-run')
    expect(dry).toMatchObject({ code: 3 })
    expect(dry.stdout).toContain('1 file would be registered')
  })

  test('tags, notes and finds by both', async () => {
    const folder = await registered()
    expect(await command(folder, 'tag', 'best', IMAGE, OTHER)).toMatchObject({
      stdout: 'best: put on 2 files\n',
    })
    expect(await command(folder, 'tag', 'best', OTHER, '--remove')).toMatchObject({
      stdout: 'best: taken off 1 file\n',
    })
    expect(await json(folder, 'tag')).toEqual({ tags: [{ tag: 'best', files: 1 }] })
    await command(folder, 'quality', IMAGE, 'satellite trail', '--level', 'error', '--author', 'ada')
    const { stdout } = await command(folder, 'show', IMAGE)
    expect(stdout).toContain('satellite trail (ada)')
    expect(((await json(folder, 'find', '--worst', 'warning')) as { files: unknown[] }).files).toHaveLength(2)
    expect(await command(folder, 'tag', 'best', 'nobody')).toMatchObject({ code: 1 })
  })

  test('finds a changed, a lost and a stray file', async () => {
    const folder = await registered()
    await addRun(folder)
    await writeFile(join(folder, 'mosaic.fits'), 'x')
    expect(await command(folder, 'verify')).toMatchObject({ code: 0 })
    const bytes = await readFile(join(folder, IMAGE))
    bytes[1000] = (bytes[1000] ?? 0) ^ 1
    await writeFile(join(folder, IMAGE), bytes)
    await rm(join(folder, OTHER))
    const { code, stdout } = await command(folder, 'verify', '.')
    expect(code).toBe(1)
    expect(stdout).toContain(`checksum  ${join(folder, IMAGE)}`)
    expect(stdout).toContain(`missing  ${join(folder, OTHER)}`)
    expect(stdout).toContain(`stray  ${join(folder, 'registry.db')}`)
    expect(stdout).toContain('affected  run-1/mosaic.fits  was made from damaged data')
    expect(stdout).toContain('1 copy without a registered checksum')
  })

  test('forgets copies and keeps what is known of the file', async () => {
    const folder = await registered()
    await rm(join(folder, OTHER))
    expect(await command(folder, 'forget', OTHER, '--dry-run')).toMatchObject({ code: 0 })
    expect(await command(folder, 'verify')).toMatchObject({ code: 1 })
    expect((await command(folder, 'forget', OTHER)).stdout).toBe(
      `local  ${join(folder, OTHER)}\n1 copy forgotten\n`,
    )
    expect(await command(folder, 'verify')).toMatchObject({ code: 0 })
    expect(await json(folder, 'show', OTHER)).toMatchObject({ lfn: OTHER, replicas: [] })
    expect(await command(folder, 'forget', OTHER)).toMatchObject({ code: 1 })
  })

  test('shows help with an example that fits a terminal', async () => {
    const verbs = [
      'add',
      'find',
      'show',
      'export',
      'forget',
      'tag',
      'quality',
      'verify',
      'backup',
      'migrate',
      'stats',
    ]
    const commands = [['registry'], ...verbs.map((verb) => ['registry', verb]), ['trace']]
    for (const words of commands) {
      const { code, stdout } = await skyloomIn(freshFolder(), ...words, '--help')
      expect(code).toBe(0)
      expect(stdout).toMatch(/\nExample:\n {2}skyloom /)
      for (const line of stdout.split('\n')) expect(line.length, line).toBeLessThanOrEqual(80)
    }
  })

  test('backs up and counts', async () => {
    const folder = await registered()
    expect(await command(folder, 'backup', 'copy.db')).toMatchObject({ code: 0 })
    expect(await command(folder, 'backup', 'copy.db')).toMatchObject({ code: 4 })
    expect(await skyloomIn(folder, 'registry', 'stats', '--registry', 'copy.db', '--json')).toMatchObject({
      code: 0,
    })
    expect(await json(folder, 'stats')).toMatchObject({
      dialect: 'sqlite',
      rows: { file: 3, replica: 3, run: 0 },
    })
    expect(await json(folder, 'migrate')).toMatchObject({ version: 2 })
  })

  test('writes PROV-JSON, an RO-Crate and a stampede database', async () => {
    const folder = await registered()
    await addRun(folder)
    await writeFile(join(folder, 'mosaic.fits'), 'x')
    const written = await json(folder, 'export', 'mosaic.fits', '--prov-json', 'prov.json', '--ro-crate', '.')
    expect(written).toMatchObject({ written: [{ files: 3, steps: 2 }, { out: 'ro-crate-metadata.json' }] })
    const prov = JSON.parse(await readFile(join(folder, 'prov.json'), 'utf8')) as Record<string, object>
    expect(Object.keys(prov['entity'] ?? {})).toHaveLength(3)
    const crate = await readFile(join(folder, 'ro-crate-metadata.json'), 'utf8')
    expect(crate).toContain(`"@id": "${IMAGE}"`)
    expect(await command(folder, 'export', 'mosaic.fits', '--prov-json', 'prov.json')).toMatchObject({
      code: 4,
    })
    expect(await json(folder, 'export', '--run', 'm42', '--stampede', 'run.db')).toMatchObject({
      written: [{ rows: { workflow: 1, rc_lfn: 3 } }],
    })
    expect(await command(folder, 'export', 'mosaic.fits')).toMatchObject({ code: 2 })
  })
})

describe('skyloom trace', () => {
  test('shows the images and programs behind a file, and what was made from one', async () => {
    const folder = await registered()
    await addRun(folder)
    const trace = async (...args: readonly string[]): Promise<string> =>
      (await skyloomIn(folder, 'trace', ...args, '--registry', 'registry.db')).stdout
    expect(await trace('mosaic.fits')).toBe(
      `mosaic.fits\n\`- p.fits  -> mAdd 6.0 (add)\n   \`- ${IMAGE}  -> mProject 6.0 (project_1)\n` +
        '3 files, 1 of them from elsewhere; 2 steps\n',
    )
    expect(await trace(IMAGE, '--descendants')).toBe(
      `${IMAGE}\n\`- p.fits  <- mProject 6.0 (project_1)\n   \`- mosaic.fits  <- mAdd 6.0 (add)\n` +
        '3 files, 1 of them from elsewhere; 2 steps\n',
    )
    expect(await trace('mosaic.fits', '--depth', '1')).toContain('the history goes on')
    const document = JSON.parse(await trace('mosaic.fits', '--json')) as Record<string, unknown>
    expect(document).toMatchObject({ direction: 'ancestors', roots: ['run-1/mosaic.fits'], isCut: false })
  })
})

const RULES = {
  fileTypes: {
    image: { metadata: { expnum: { kind: 'integer', required: true, from: [{ header: 'EXPNUM' }] } } },
  },
}
