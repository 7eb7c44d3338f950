import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { demoImages, freshFolder } from '../../../testing/folders.ts'
import { serveHttp } from '../../../testing/loopback-server.ts'
import type { ModuleOutcome } from '../src/command/run-module.ts'
import { runModuleIn } from './run-module-in.ts'

let folder = ''
beforeEach(() => {
  folder = freshFolder()
  const registry = {
    surveys: { Demo: { kind: 'folder', path: demoImages, bands: { J: {} } } },
    retries: 0,
    timeoutSeconds: 1,
  }
  writeFileSync(join(folder, 'surveys.json'), JSON.stringify(registry))
  vi.stubEnv('SKYLOOM_SURVEYS', join(folder, 'surveys.json'))
})
afterEach(() => {
  vi.unstubAllEnvs()
})

const run = async (name: string, ...args: readonly string[]): Promise<ModuleOutcome> =>
  await runModuleIn(folder, name, ...args)

test('mArchiveList and mArchiveExec bring the images of a folder archive, unpacked', async () => {
  expect(await run('mArchiveList', 'demo', 'J', 'Orion Nebula', '0.05', '0.05', 'remote.tbl')).toEqual({
    exitCode: 0,
    stdout: expect.stringMatching(/^\[struct stat="OK", module="mArchiveList", count=[1-9]\]\n$/) as string,
  })
  const outcome = await run('mArchiveExec', '-j', '2', 'remote.tbl')
  expect(outcome.stdout).toMatch(/module="mArchiveExec", count=[1-9], failed=0\]\n$/)
  const images = readdirSync(folder).filter((name) => name.endsWith('.fits'))
  expect(images.length).toBeGreaterThan(0)
  for (const name of images) expect(readFileSync(join(folder, name), 'latin1').slice(0, 9)).toBe('SIMPLE  =')
})

test.each([
  [['Demo', 'J', 'M42', 'x', '1'], 'Width (x) cannot be interpreted as a real number'],
  [['Demo', 'J', 'M42', '-1', '1'], 'Width and height must be above 0 and at most 180 degrees'],
  [['Demo', 'K', 'M42', '1', '1'], 'the survey Demo has no band K: found K, allowed J'],
  [['DSS', 'J', 'M42', '1', '1'], 'there is no survey DSS: found DSS, allowed Demo'],
  [['Demo', 'J', 'Atlantis', '1', '1'], 'the object is not among the bundled ones: found Atlantis'],
] as const)('mArchiveList %j is an error', async (args, message) => {
  const outcome = await run('mArchiveList', ...args, 'remote.tbl')
  expect(outcome.exitCode).toBe(1)
  expect(outcome.stdout).toContain(`[struct stat="ERROR", msg="${message}`)
  expect(existsSync(join(folder, 'remote.tbl'))).toBe(false)
})

test('mArchiveExec starts at a row, counts what fails and tells it when asked', async () => {
  const url = await serveHttp((request, answer) => {
    if (request.url === '/b.fits') answer.writeHead(404).end('<html>no such file</html>')
    else answer.end('a text\n')
  })
  const rows = ['a.txt', 'b.fits', 'c.txt'].map((name) => `  ${`${url}/${name}`.padEnd(40)} new-${name}`)
  writeFileSync(
    join(folder, 'region.tbl'),
    `| ${'url'.padEnd(40)}| fname      |\n| ${'char'.padEnd(40)}| char       |\n${rows.join('\n')}\n`,
  )
  expect((await run('mArchiveExec', '-r', '2', 'region.tbl')).stdout).toBe(
    '[struct stat="OK", module="mArchiveExec", count=2, failed=1]\n',
  )
  expect(readdirSync(folder).sort()).toEqual(['new-c.txt', 'region.tbl', 'surveys.json'])
  const told = await run('mArchiveExec', '-d', '1', '-r', '2', 'region.tbl')
  expect(told.stdout.split('\n')[0]).toBe(
    `[struct stat="INFO", msg="${url}/b.fits: Retrieval failed.  HTTP return code: 404."]`,
  )
})

test('mArchiveGet tells the bytes, or why there are none', async () => {
  const url = await serveHttp((_, answer) => answer.writeHead(404).end())
  writeFileSync(join(folder, 'here.txt'), '12345')
  const cases = [
    [[pathToFileURL(join(folder, 'here.txt')).href, 'a.txt'], 'stat="OK", module="mArchiveGet", count=5'],
    [['here.txt', 'b.txt'], 'stat="OK", module="mArchiveGet", count=5'],
    [['here.txt', 'b.fits'], 'stat="ERROR", msg="Retrieval failed.  '],
    [
      ['here.txt', 'none/b.txt'],
      `stat="ERROR", msg="Cannot write to output file. (${join(folder, 'none')})"`,
    ],
    [['here.txt', 'here.txt/b.txt'], 'stat="ERROR", msg="Cannot write to output file. ('],
    [
      [`${url}/a.txt`, 'none/b.txt'],
      `stat="ERROR", msg="Cannot write to output file. (${join(folder, 'none')})"`,
    ],
    [[`${url}/a.fits`, 'c.fits'], 'stat="ERROR", msg="Retrieval failed.  HTTP return code: 404."'],
    [['-t', '0', 'here.txt', 'c.fits'], 'stat="ERROR", msg="Timeout (0) must be'],
  ] as const
  for (const [args, text] of cases)
    expect((await run('mArchiveGet', ...args)).stdout).toContain(`[struct ${text}`)
  expect(readdirSync(folder).sort()).toEqual(['a.txt', 'b.txt', 'here.txt', 'surveys.json'])
})

test('mHdr writes a template without any network', async () => {
  expect((await run('mHdr', '-p', '0.36', '-h', '0.05', '-r', '30', 'M31', '0.1', 'm31.hdr')).stdout).toBe(
    '[struct stat="OK", module="mHdr", count=16]\n',
  )
  expect(readFileSync(join(folder, 'm31.hdr'), 'utf8')).toBe(
    `SIMPLE  = T
BITPIX  = -64
NAXIS   = 2
NAXIS1  = 1000
NAXIS2  = 500
CTYPE1  = 'RA---TAN'
CTYPE2  = 'DEC--TAN'
EQUINOX = 2000
CRVAL1  =   10.684583333333
CRVAL2  =   41.269166666667
CRPIX1  =       500.5000
CRPIX2  =       250.5000
CDELT1  =   -0.000100000000
CDELT2  =    0.000100000000
CROTA2  =   30.000000000000
END
`,
  )
  expect((await run('mHdr', '-c', 'GAL', '0 90', '0.1', 'pole.hdr')).stdout).toContain('stat="OK"')
  const [lon, lat] =
    /CRVAL1 += +(\S+)\nCRVAL2 += +(\S+)/.exec(readFileSync(join(folder, 'pole.hdr'), 'utf8'))?.slice(1) ?? []
  // The celestial pole in galactic coordinates: 122.932, 27.128.
  expect([Number(lon), Number(lat)]).toEqual([expect.closeTo(122.932, 3), expect.closeTo(27.128, 3)])
})
