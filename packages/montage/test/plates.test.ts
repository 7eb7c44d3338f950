import { execFileSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { memorySink } from '@skyloom/base'
import { type Header, parseHeaderTemplate, readImage, writeImage } from '@skyloom/fits'
import { openFitsFile } from '@skyloom/fits/node'
import { makeHips } from '@skyloom/mosaic/node'
import { pixelToSky, wcsFromKeywords } from '@skyloom/wcs'
import { beforeAll, describe, expect, test } from 'vitest'
import { demoImages, freshFolder, keptFolder } from '../../../testing/folders.ts'
import { installModules } from '../src/command/install-modules.ts'
import { MODULE_NAMES } from '../src/command/registry.ts'
import { STAGES } from '../src/plates/stages.ts'
import { runModuleIn } from './run-module-in.ts'

async function ok(folder: string, ...args: readonly [string, ...string[]]): Promise<string> {
  const { exitCode, stdout } = await runModuleIn(folder, ...args)
  if (exitCode !== 0 || !stdout.includes('stat="OK"')) throw new Error(`${args.join(' ')}: ${stdout}`)
  return stdout
}

async function pixels(path: string): Promise<{ data: Float64Array; width: number; header: Header }> {
  const file = await openFitsFile(path)
  try {
    const hdu = await file.hdu(0)
    const { data, width } = await readImage(hdu, { as: 'float64' })
    return { data, width, header: hdu.header }
  } finally {
    await file.close()
  }
}

async function write(path: string, header: Header, width: number, data: Float64Array): Promise<void> {
  const sink = memorySink()
  await writeImage(sink, header, { width, height: data.length / width, data })
  writeFileSync(path, sink.bytes())
}

/** Names of the FITS tiles of a HiPS. */
function tilesOf(hips: string): readonly string[] {
  return readdirSync(hips, { recursive: true, encoding: 'utf8' })
    .filter((name) => /Npix\d+\.fits$/.test(name))
    .sort()
}

/** Value of a pixel of a tile, NaN where it has no data. */
type PixelAt = (col: number, row: number) => number

/** True when a pixel and its eight neighbours in the tile have data. */
function isSurrounded(pixelAt: PixelAt, col: number, row: number): boolean {
  for (let r = Math.max(0, row - 1); r <= Math.min(511, row + 1); r++) {
    for (let c = Math.max(0, col - 1); c <= Math.min(511, col + 1); c++) {
      if (Number.isNaN(pixelAt(c, r))) return false
    }
  }
  return true
}

test('every stage has a module of its name', () => {
  const names = STAGES.map(({ module }) => module)
  expect(new Set(names).size).toBe(names.length)
  expect(MODULE_NAMES.filter((name) => /Scripts$/.test(name))).toEqual([...names].sort())
})

describe('the ten images of the demo', () => {
  const folder = keptFolder()
  const bin = join(folder, 'bin')

  beforeAll(async () => {
    await installModules(bin)
    mkdirSync(join(folder, 'raw'))
    // Taken as galactic, so that the frames of Montage and of the standards, 0.2 arcsec apart, do not come into it.
    for (const name of readdirSync(demoImages).filter((one) => one.endsWith('.fits.gz'))) {
      const { data, width, header } = await pixels(join(demoImages, name))
      header.set('CTYPE1', 'GLON-SIN').set('CTYPE2', 'GLAT-SIN')
      for (const keyword of ['EQUINOX', 'EPOCH', 'RADECSYS', 'RADESYS']) header.delete(keyword)
      await write(join(folder, 'full.fits'), header, width, data)
      // Pixels of 4 arcsec are still small against those of order 3, and are done sixteen times as fast.
      await ok(folder, 'mShrink', 'full.fits', join('raw', basename(name, '.gz')), '4')
    }
    await ok(folder, 'mImgtbl', 'raw', 'raw.tbl')
    await makeHips({
      images: [join(folder, 'raw')],
      outDir: join(folder, 'reference'),
      order: 3,
      frame: 'galactic',
      hasNoPng: true,
      threads: 1,
    })
  }, 300_000)

  test('the scripts of the stages, run in order, make the HiPS of skyloom mosaic hips', {
    timeout: 300_000,
  }, async () => {
    expect(await ok(folder, 'mHiPSSetup', '-o', '3', '-n', '20', '-p', 'raw', 'raw.tbl', 'run')).toContain(
      'order=3, nplate=20, naxis=1024',
    )
    for (const module of [
      'mHPXMosaicScripts',
      'mHPXShrinkScripts',
      'mHiPSTileScripts',
      'mHPXHistogramScripts',
      'mHPXCombineHistScripts',
      'mHiPSPNGScripts',
    ]) {
      // Without -e, mProjExec goes by way of tangent planes that are good to 0.1 pixel of the plate.
      const exact = module === 'mHPXMosaicScripts' ? ['-e'] : []
      const driver = / driver="([^"]+)"/.exec(await ok(folder, module, '-s', ...exact, 'run'))?.[1] ?? ''
      execFileSync(join(folder, driver), {
        env: { ...process.env, PATH: `${bin}:${process.env['PATH'] ?? ''}` },
      })
    }
    const [ours, theirs] = ['run/hips', 'reference'].map((name) => join(folder, name))
    const names = tilesOf(theirs ?? '')
    expect(tilesOf(ours ?? '')).toEqual(names)
    for (const name of names) {
      const [own, reference] = [await pixels(join(ours ?? '', name)), await pixels(join(theirs ?? '', name))]
      expect(existsSync(join(ours ?? '', name.replace(/fits$/, 'png')))).toBe(true)
      // Tiles of mHiPSTiles stand as in the plane, mirrored along the diagonal.
      const value: PixelAt = (col, row) => own.data[col * 512 + row] ?? Number.NaN
      const expected: PixelAt = (col, row) => reference.data[row * 512 + col] ?? Number.NaN
      let [inside, atOutline, slivers] = [0, 0, 0]
      for (let row = 0; row < 512; row++) {
        for (let col = 0; col < 512; col++) {
          const [x, y] = [value(col, row), expected(col, row)]
          if (Number.isNaN(x) && Number.isNaN(y)) continue
          const error = Math.abs(x - y) / Math.max(100, Math.abs(y))
          if (isSurrounded(value, col, row) && isSurrounded(expected, col, row))
            inside = Math.max(inside, error)
          else if (Number.isNaN(error)) slivers++
          else atOutline = Math.max(atOutline, error)
        }
      }
      // Positions of makeHips are right to 0.001 pixel of the image: a pixel at the outline may be covered by a sliver in one of the two only,
      // and goes into those of the lower orders.
      expect(inside, name).toBeLessThan(1e-4)
      expect(atOutline, name).toBeLessThan(1e-2)
      expect(slivers, name).toBeLessThanOrEqual(1)
    }
  })

  test('mHiPSExec makes the same tiles to the byte, and goes on where it was interrupted', {
    timeout: 300_000,
  }, async () => {
    const args = ['mHiPSExec', '-e', '-o', '3', '-n', '20', '-p', 'raw', 'raw.tbl', 'exec'] as const
    const first = await ok(folder, ...args)
    expect(first).toMatch(/order=3, plates=\d+, ntile=\d+, hips="exec\/hips"/)
    const names = tilesOf(join(folder, 'run/hips'))
    const same = (name: string): boolean =>
      readFileSync(join(folder, 'exec/hips', name)).equals(readFileSync(join(folder, 'run/hips', name)))
    expect(tilesOf(join(folder, 'exec/hips'))).toEqual(names)
    expect(names.filter((name) => !same(name))).toEqual([])
    rmSync(join(folder, 'exec/hips'), { recursive: true })
    rmSync(join(folder, 'exec/order2'), { recursive: true })
    expect(await ok(folder, ...args)).toBe(first)
    expect(names.filter((name) => !same(name))).toEqual([])
  })

  test('scripts for SLURM hand a list to an array of jobs, each order after the one before it', async () => {
    await ok(folder, 'mHiPSSetup', '-o', '3', '-n', '40', '-p', 'raw', 'raw.tbl', 'slurm')
    await ok(folder, 'mHPXShrinkScripts', 'slurm')
    const fake = join(folder, 'slurm-bin')
    mkdirSync(fake)
    writeFileSync(
      join(fake, 'sbatch'),
      '#!/bin/sh\nfor word in "$@"; do printf "%s|" "$word" >> "$SBATCH_LOG"; done\necho >> "$SBATCH_LOG"\nwc -l < "$SBATCH_LOG" | tr -d " "\n',
      { mode: 0o755 },
    )
    const log = join(folder, 'sbatch.log')
    execFileSync(join(folder, 'slurm/scripts/shrink.sh'), ['--partition=day'], {
      env: { ...process.env, PATH: `${fake}:${process.env['PATH'] ?? ''}`, SBATCH_LOG: log },
    })
    const calls = readFileSync(log, 'utf8').trim().split('\n')
    expect(calls).toHaveLength(3)
    expect(calls[0]).toMatch(/^--parsable\|--job-name=shrink\|--array=1-\d+\|--partition=day\|--wrap\|/)
    expect(calls[2]).toContain('|--dependency=afterok:2|')
    const list = readFileSync(join(folder, 'slurm/scripts/shrink/group0.list'), 'utf8')
    for (const name of list.trim().split('\n'))
      expect(readFileSync(join(folder, 'slurm/scripts/shrink', name), 'utf8')).toContain('mShrink')
  })

  test('the pictures, whole bytes, flattened and coloured plates have scripts that run', {
    timeout: 300_000,
  }, async () => {
    const env = { ...process.env, PATH: `${bin}:${process.env['PATH'] ?? ''}` }
    const products = {
      mHPX8BitScripts: '8bit/*.fits',
      mHPXQuicklookScripts: 'quicklook/*.png',
      mHPXColorQuicklookScripts: 'color/*.png',
      mHPXPlatePNGScripts: 'png/*.png',
      mHPXFlattenScripts: 'flattened/*.fits',
    }
    const plates = readdirSync(join(folder, 'exec/mosaics')).filter((name) => !name.includes('_area'))
    for (const [module, product] of Object.entries(products)) {
      const runs = module.includes('Color') ? ['-g', 'exec', '-r', 'exec'] : []
      await ok(folder, module, '-s', ...runs, 'exec')
      const name = STAGES.find((stage) => stage.module === module)?.name ?? ''
      execFileSync(join(folder, `exec/scripts/${name}.sh`), { env })
      const [sub = '', ending = ''] = product.split('/*')
      expect(readdirSync(join(folder, 'exec', sub)).filter((one) => one.endsWith(ending))).toHaveLength(
        plates.length,
      )
    }
    await ok(folder, 'mHPXMap', 'exec/platelist.tbl', 'exec/map.html')
    const page = readFileSync(join(folder, 'exec/map.html'), 'utf8')
    for (const name of plates) expect(page).toContain(`href="quicklook/${name.replace('fits', 'png')}"`)
  })
})

/** A smooth sky. */
function sky(lonDeg: number, latDeg: number): number {
  const [lon, lat] = [(lonDeg * Math.PI) / 180, (latDeg * Math.PI) / 180]
  const [x, y, z] = [Math.cos(lat) * Math.cos(lon), Math.cos(lat) * Math.sin(lon), Math.sin(lat)]
  return 100 + 30 * x - 20 * y + 15 * z + 10 * x * y
}

test('twelve faces with levels of their own become one sky: fits between neighbours, across gaps and the seam', {
  timeout: 300_000,
}, async () => {
  const folder = freshFolder()
  // The whole sky, so that every face is a plate.
  const outline = ['SIMPLE  = T', 'BITPIX  = -32', 'NAXIS   = 2', 'NAXIS1  = 360', 'NAXIS2  = 180']
  const axes = ["CTYPE1  = 'GLON-CAR'", "CTYPE2  = 'GLAT-CAR'", 'CRVAL1  = 0', 'CRVAL2  = 0']
  const grid = ['CRPIX1  = 180.5', 'CRPIX2  = 90.5', 'CDELT1  = -1', 'CDELT2  = 1', 'END', '']
  writeFileSync(join(folder, 't.hdr'), [...outline, ...axes, ...grid].join('\n'))
  mkdirSync(join(folder, 'raw'))
  await ok(folder, 'mMakeImg', 't.hdr', 'all.fits')
  await ok(folder, 'mTileImage', 'all.fits', 'raw/sky', '8', '4')
  await ok(folder, 'mImgtbl', 'raw', 'raw.tbl')
  expect(await ok(folder, 'mHiPSSetup', '-o', '0', '-n', '5', '-p', 'raw', 'raw.tbl', 'run')).toContain(
    'count=12',
  )
  const run = join(folder, 'run')
  for (const name of ['mosaics', 'fits', 'gaps', 'corrections', 'corrected', 'blended'])
    mkdirSync(join(run, name))
  const names = readdirSync(join(run, 'headers')).filter((name) => name.startsWith('plate'))
  const level = (index: number): number => ((index * 7) % 12) * 10 - 55
  for (const [index, name] of names.sort().entries()) {
    const header = parseHeaderTemplate(readFileSync(join(run, 'headers', name), 'latin1'), name)
    const wcs = wcsFromKeywords((keyword) => {
      const value = header.get(keyword)
      return typeof value === 'object' ? undefined : value
    })
    const width = header.integer('NAXIS1')
    const data = Float64Array.from({ length: width * width }, (_, k) => {
      const place = pixelToSky(wcs, (k % width) + 1, Math.floor(k / width) + 1)
      return place === undefined ? Number.NaN : sky(place.lonDeg, place.latDeg) + level(index)
    })
    await write(join(run, 'mosaics', name.replace('hdr', 'fits')), header, width, data)
  }
  for (const module of ['mHPXDiffScripts', 'mHPXGapScripts', 'mHPXBgScripts', 'mHPXBgCorrectScripts']) {
    const stage = STAGES.find((one) => one.module === module)
    await ok(folder, module, '-s', 'run')
    expect(readdirSync(join(run, 'scripts', stage?.name ?? '')).length).toBeGreaterThan(0)
  }
  // The gaps around the poles: eight sides; and the four sides of the face on the seam.
  const gaps = readdirSync(join(run, 'scripts/gap')).map((name) =>
    readFileSync(join(run, 'scripts/gap', name), 'utf8'),
  )
  const calls = gaps.flatMap((text) => [...text.matchAll(/mHPXGapDiff -s \S+ (\S+) (\S+) (\S+) /g)])
  expect(calls).toHaveLength(12)
  const levelOf = (path: string): number => level(names.indexOf(basename(path).replace('fits', 'hdr')))
  for (const [, plus = '', minus = '', output = ''] of calls) {
    const found = /level=(\S+),/.exec(await ok(run, 'mHPXGapDiff', plus, minus, output))?.[1]
    // The second derivative of the sky across the side is what remains.
    expect(Number(found)).toBeCloseTo(levelOf(plus) - levelOf(minus), 1)
  }
  expect(await ok(run, 'mHPXGapCombine', 'plates.tbl', 'gaps')).toContain('count=12, wraps=0')
  const diffs = readdirSync(join(run, 'scripts/diff')).map((name) =>
    readFileSync(join(run, 'scripts/diff', name), 'utf8'),
  )
  for (const [, words = ''] of diffs.flatMap((text) => [...text.matchAll(/(mDiffFit [^|]+) \|\|/g)]))
    await runModuleIn(run, ...(words.trim().split(' ') as [string, ...string[]]))
  expect(await ok(run, 'mConcatFit', 'statfiles.tbl', 'fits.tbl', 'fits')).toContain('count=12, failed=0')
  await ok(run, 'mBgModel', '-l', '-g', 'gaps', 'plates.tbl', 'fits.tbl', 'corrections.tbl')
  await ok(run, 'mHPXSplitCorrections', 'plates.tbl', 'corrections.tbl', 'corrections')
  const left: number[] = []
  for (const [index, name] of names.entries()) {
    const base = name.replace('.hdr', '')
    const [, , , c = ''] =
      readFileSync(join(run, `corrections/${base}.tbl`), 'utf8')
        .trim()
        .split('\n')
        .at(-1)
        ?.trim()
        .split(/\s+/) ?? []
    left.push(level(index) - Number(c))
  }
  const mean = left.reduce((sum, value) => sum + value, 0) / left.length
  for (const value of left) expect(Math.abs(value - mean)).toBeLessThan(0.3)
})

test('a background model is divided into groups that overlaps link, and brought together again', async () => {
  const folder = freshFolder()
  const images = [0, 1, 2, 3, 4].map((n) => ` ${n} 100 100 50.0 50.0 p${n}.fits `)
  const head = '|cntr|naxis1|naxis2|crpix1|crpix2|fname  |\n|int |int   |int   |double|double|char   |'
  const rows = images.map((line) => {
    const [n = '', ...rest] = line.trim().split(' ')
    const [w = '', h = '', x = '', y = '', name = ''] = rest
    return ` ${n.padStart(4)} ${w.padStart(6)} ${h.padStart(6)} ${x.padStart(6)} ${y.padStart(6)} ${name.padEnd(7)} `
  })
  writeFileSync(join(folder, 'images.tbl'), `${[head, ...rows].join('\n')}\n`)
  const fields =
    'a b c crpix1 crpix2 xmin xmax ymin ymax xcenter ycenter npixel rms boxx boxy boxwidth boxheight boxang'
  const names = ['plus', 'minus', ...fields.split(' ')]
  const fit = (plus: number, minus: number, c: number): string =>
    [plus, minus, 0, 0, c, 50, 50, -50, 50, -50, 50, 0, 0, 10_000, 0.1, 0, 0, 100, 100, 0]
      .map((value) => String(value).padStart(10))
      .join(' ')
  const table = [
    `|${names.map((name) => name.padStart(10)).join('|')}|`,
    `|${names.map((name) => (name.endsWith('us') && name.length < 6 ? 'int' : 'double').padStart(10)).join('|')}|`,
    ` ${fit(0, 1, 4)} `,
    ` ${fit(1, 3, 2)} `,
    ` ${fit(2, 4, -6)} `,
  ]
  writeFileSync(join(folder, 'fits.tbl'), `${table.join('\n')}\n`)
  mkdirSync(join(folder, 'split'))
  expect(await ok(folder, 'mHPXFindFragments', 'images.tbl', 'fits.tbl', 'fragments.tbl')).toContain(
    'count=5, fragments=2',
  )
  const groups = readFileSync(join(folder, 'fragments.tbl'), 'utf8').trim().split('\n').slice(2)
  expect(groups.map((line) => line.trim().split(/\s+/))).toEqual(
    [0, 0, 1, 0, 1].map((group, n) => [String(n), String(group), `p${n}.fits`]),
  )
  expect(await ok(folder, 'mHPXBgSplit', 'images.tbl', 'fits.tbl', 'split')).toContain('fragments=2')
  for (const n of [0, 1])
    await ok(
      folder,
      'mBgModel',
      '-l',
      '-a',
      `split/images_${n}.tbl`,
      `split/fits_${n}.tbl`,
      `split/corrections_${n}.tbl`,
    )
  expect(await ok(folder, 'mHPXBgCombine', 'split', 'corrections.tbl')).toContain('fragments=2, count=5')
  await ok(folder, 'mBgModel', '-l', '-a', 'images.tbl', 'fits.tbl', 'whole.tbl')
  const planes = (name: string): readonly string[] =>
    readFileSync(join(folder, name), 'utf8')
      .trim()
      .split('\n')
      .slice(2)
      .map((line) => line.trim())
      .sort()
  expect(planes('corrections.tbl')).toEqual(planes('whole.tbl'))
  writeFileSync(
    join(folder, 'split/corrections_2.tbl'),
    readFileSync(join(folder, 'split/corrections_0.tbl')),
  )
  expect((await runModuleIn(folder, 'mHPXBgCombine', 'split', 'again.tbl')).stdout).toBe(
    '[struct stat="ERROR", msg="Image 0 is corrected twice"]\n',
  )
})
