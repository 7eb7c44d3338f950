import { createHash } from 'node:crypto'
import { copyFile, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { isSkyloomError, type ProgressEvent } from '@skyloom/base'
import { verifyFits } from '@skyloom/fits'
import { openFitsFile } from '@skyloom/fits/node'
import { makeMosaic, PRODUCT_NAMES, planMosaic } from '@skyloom/mosaic/node'
import { describe, expect, test } from 'vitest'
import { demoImages, freshFolder } from '../../../testing/folders.ts'
import { loadImage, type TanGrid, writeTestImage } from './support/images.ts'
import { FIXTURES } from './support/reference.ts'

const GRID: TanGrid = { width: 60, height: 50, lonDeg: 150, latDeg: 20, scaleDeg: 1 / 3600 }

async function sha256(path: string): Promise<string> {
  return createHash('sha256')
    .update(await readFile(path))
    .digest('hex')
}

async function failure(work: Promise<unknown>): Promise<{ readonly code: string; readonly message: string }> {
  const error: unknown = await work.then(
    () => undefined,
    (reason: unknown) => reason,
  )
  if (!isSkyloomError(error)) throw new Error(`expected an error of ours, got ${String(error)}`)
  return { code: error.code, message: error.message }
}

describe('products are the same bytes', () => {
  test('for 1, 2 and 8 threads, for any order of files, and under a memory limit that spills to disk', async () => {
    const folder = freshFolder()
    const reversed = join(folder, 'reversed')
    await mkdir(reversed)
    for (const name of (await readdir(demoImages)).sort().reverse()) {
      if (name.endsWith('.gz')) await copyFile(join(demoImages, name), join(reversed, name))
    }
    const runs = [
      { name: 'one', options: { threads: 1 } },
      { name: 'two', options: { threads: 2 } },
      { name: 'eight', options: { threads: 8 } },
      { name: 'reversed', options: { threads: 2, imagesDir: reversed } },
      { name: 'spilled', options: { threads: 8, memoryBytes: 64 * 1024 * 1024 } },
    ]
    const sums: Record<string, readonly string[]> = {}
    for (const { name, options } of runs) {
      const outDir = join(folder, `out-${name}`)
      const summary = await makeMosaic({ imagesDir: demoImages, outDir, ...options })
      if (name === 'spilled') expect(summary.spilledBytes).toBeGreaterThan(10_000_000)
      else expect(summary.spilledBytes).toBe(0)
      sums[name] = await Promise.all(
        PRODUCT_NAMES.filter((file) => file !== 'report.html').map(
          async (file) => await sha256(join(outDir, file)),
        ),
      )
    }
    for (const { name } of runs) expect(sums[name], name).toEqual(sums.one)
  })
})

describe('products', () => {
  test('pass verification, carry the inputs and say how they were made', async () => {
    const folder = freshFolder()
    for (const [index, exposure] of [10, 30].entries()) {
      await writeTestImage(
        folder,
        `${index}.fits`,
        { ...GRID, crpix1: 30 - 20 * index },
        () => 5,
        (header) => {
          header.set('BUNIT', 'MJy/sr').set('FILTER', 'J').setFloat('EXPTIME', exposure).setFloat('GAIN', 2)
          header.set('DATE-OBS', `2000-01-0${index + 1}T00:00:00`).set('OBJECT', `field ${index}`)
          header.setFloat('SATURATE', 1000 + index)
        },
      )
    }
    const out = join(folder, 'out')
    const summary = await makeMosaic({ imagesDir: folder, outDir: out })
    for (const name of ['mosaic.fits', 'mosaic_area.fits']) {
      await using file = await openFitsFile(join(out, name))
      const { findings } = await verifyFits(file)
      expect(findings, name).toEqual([])
    }
    const { header } = await loadImage(join(out, 'mosaic.fits'))
    expect(header.string('BUNIT')).toBe('MJy/sr')
    expect(header.string('FILTER')).toBe('J')
    expect(header.has('OBJECT')).toBe(false)
    expect(header.has('GAIN')).toBe(false)
    expect(header.has('CD1_1')).toBe(false)
    expect(header.number('EXPTIME')).toBe(20)
    expect(header.number('TEXPTIME')).toBe(40)
    expect(header.number('SATURATE')).toBe(1000)
    expect(header.string('DATE-OBS')).toBe('2000-01-01T00:00:00')
    expect(header.integer('NCOMBINE')).toBe(2)
    expect(header.history().join('\n')).toContain(
      `input 0.fits hdu 0\nsha256 ${await sha256(join(folder, '0.fits'))}`,
    )
    expect(summary.mosaic.unit).toBe('MJy/sr')
    const area = await loadImage(join(out, 'mosaic_area.fits'))
    expect(area.header.string('BUNIT')).toBe('sr')
    expect(area.header.has('EXPTIME')).toBe(false)
    expect((await readdir(out)).sort()).toEqual([...PRODUCT_NAMES].sort())
    for (const product of summary.products) expect(await sha256(join(out, product.name))).toBe(product.sha256)
  })

  test('pixels without data are NaN in the mosaic and 0 in the area', async () => {
    const folder = freshFolder()
    await writeTestImage(folder, 'a.fits', GRID, (col, row) => (col === 30 && row === 25 ? Number.NaN : 1))
    const out = join(folder, 'out')
    const template = { centre: { lonDeg: 150, latDeg: 20 }, sizeDeg: { width: 60 / 3600, height: 50 / 3600 } }
    await makeMosaic({ imagesDir: folder, outDir: out, template })
    const image = await loadImage(join(out, 'mosaic.fits'))
    const area = await loadImage(join(out, 'mosaic_area.fits'))
    const blanks = [...image.data.keys()].filter((i) => Number.isNaN(image.data[i]))
    expect(blanks).toEqual([25 * image.width + 30])
    expect(area.data[blanks[0]!]).toBe(0)
  })

  test('the report stands alone and names every input', async () => {
    const folder = freshFolder()
    await writeTestImage(folder, 'a <b>.fits', GRID, () => 1)
    const out = join(folder, 'out')
    await makeMosaic({ imagesDir: folder, outDir: out })
    const html = await readFile(join(out, 'report.html'), 'utf8')
    expect(html).toContain('a &lt;b&gt;.fits')
    expect(html).toContain(await sha256(join(folder, 'a <b>.fits')))
    expect(html).not.toMatch(/<script|src="http|href="http|url\(/)
  })
})

describe('a run can be stopped', () => {
  test('at any stage, without leaving anything under a final name', async () => {
    for (const stage of ['scan', 'project', 'difference', 'add']) {
      const outDir = freshFolder()
      const stop = new AbortController()
      const onProgress = (event: ProgressEvent): void => {
        if (event.stage === stage && event.done === 2) stop.abort()
      }
      const { code } = await failure(
        makeMosaic({ imagesDir: demoImages, outDir, onProgress, signal: stop.signal }),
      )
      expect(code, stage).toBe('BASE_ABORTED')
      expect(await readdir(outDir), stage).toEqual([])
    }
  })
})

describe('clear refusals', () => {
  test('no FITS file in the folder', async () => {
    const folder = freshFolder()
    await writeFile(join(folder, 'notes.txt'), 'x')
    const { code, message } = await failure(makeMosaic({ imagesDir: folder, outDir: join(folder, 'out') }))
    expect(code).toBe('MOSAIC_NO_FILES')
    expect(message).toContain(folder)
  })

  test('a folder that does not exist', async () => {
    const folder = freshFolder()
    const { code } = await failure(
      makeMosaic({ imagesDir: join(folder, 'none'), outDir: join(folder, 'out') }),
    )
    expect(code).toBe('MOSAIC_NO_FILES')
    expect(await readdir(folder)).toEqual([])
  })

  test('an output folder that is not empty, unless overwriting is allowed', async () => {
    const folder = freshFolder()
    const images = join(folder, 'images')
    const out = join(folder, 'out')
    await mkdir(images)
    await mkdir(out)
    await writeTestImage(images, 'a.fits', GRID, () => 1)
    await writeFile(join(out, 'precious.txt'), 'mine')
    const { code, message } = await failure(makeMosaic({ imagesDir: images, outDir: out }))
    expect(code).toBe('MOSAIC_OUT_NOT_EMPTY')
    expect(message).toContain('precious.txt')
    await makeMosaic({ imagesDir: images, outDir: out, overwrite: true })
    expect(await readFile(join(out, 'precious.txt'), 'utf8')).toBe('mine')
  })

  test('a template header with a bad card on line 7 names file and line', async () => {
    const folder = freshFolder()
    const text = await readFile(join(FIXTURES, 'template.hdr'), 'utf8')
    const lines = text.split('\n')
    lines[6] = 'CTYPE2 = '
    const headerFile = join(folder, 'bad.hdr')
    await writeFile(headerFile, lines.join('\n'))
    const { message } = await failure(
      makeMosaic({ imagesDir: demoImages, outDir: join(folder, 'out'), headerFile }),
    )
    expect(message).toContain('bad.hdr')
    expect(message).toMatch(/line 7/)
  })

  test('an image of no pixels', async () => {
    const folder = freshFolder()
    const card = (text: string): string => text.padEnd(80)
    const cards = [
      'SIMPLE  =                    T',
      'BITPIX  =                    8',
      'NAXIS   =                    2',
    ]
    cards.push(
      'NAXIS1  =                    0',
      'NAXIS2  =                   10',
      "CTYPE1  = 'RA---TAN'",
      "CTYPE2  = 'DEC--TAN'",
    )
    cards.push(
      'CRVAL1  = 10.0',
      'CRVAL2  = 10.0',
      'CRPIX1  = 1.0',
      'CRPIX2  = 1.0',
      'CDELT1  = 0.1',
      'CDELT2  = 0.1',
      'END',
    )
    await writeFile(join(folder, 'a.fits'), cards.map(card).join('').padEnd(2880), 'latin1')
    const { code, message } = await failure(makeMosaic({ imagesDir: folder, outDir: join(folder, 'out') }))
    expect(code).toBe('MOSAIC_NO_IMAGES')
    expect(message).toContain('a.fits')
    expect(message).toContain('NAXIS1')
  })

  test.for([
    { name: 'method', options: { method: 'magic' } },
    { name: 'background', options: { background: 'cubic' } },
    { name: 'combine', options: { combine: 'mode' } },
    { name: 'jobs', options: { threads: 0 } },
    { name: 'memory', options: { memoryBytes: 1000 } },
  ])('an unknown value of --$name', async ({ name, options }) => {
    const folder = freshFolder()
    // What the types forbid can still come from a command line.
    const wrong: object = options
    const { code, message } = await failure(
      makeMosaic({ imagesDir: folder, outDir: join(folder, 'out'), ...wrong }),
    )
    expect(code).toBe('MOSAIC_BAD_OPTION')
    expect(message).toContain(`--${name}`)
    expect(message).toContain('allowed')
  })

  test('a template far from the images', async () => {
    const folder = freshFolder()
    await writeTestImage(folder, 'a.fits', GRID, () => 1)
    const template = { centre: { lonDeg: 10, latDeg: -50 }, sizeDeg: { width: 0.1, height: 0.1 } }
    const out = join(folder, 'out')
    const { code } = await failure(makeMosaic({ imagesDir: folder, outDir: out, template }))
    expect(code).toBe('MOSAIC_NO_OVERLAP')
    expect(await readdir(out)).toEqual([])
  })

  test('a memory limit too small for one image names the remedy', async () => {
    const folder = freshFolder()
    await writeTestImage(folder, 'a.fits', { ...GRID, width: 6000, height: 4000 }, () => 1)
    const options = {
      imagesDir: folder,
      outDir: join(folder, 'out'),
      memoryBytes: 64 * 1024 * 1024,
      threads: 1,
    }
    const { code, message } = await failure(makeMosaic(options))
    expect(code).toBe('MOSAIC_MEMORY')
    expect(message).toContain('--memory')
  })
})

describe('a plan', () => {
  test('counts images, pairs and bytes and writes nothing', async () => {
    const outDir = join(freshFolder(), 'out')
    const plan = await planMosaic({ imagesDir: demoImages, outDir })
    expect(plan.images.length).toBe(10)
    expect(plan.pairCount).toBeGreaterThanOrEqual(17)
    expect(plan.template.width).toBeGreaterThan(2200)
    expect(plan.forecast.outputBytes).toBeGreaterThan(30_000_000)
    await expect(readdir(outDir)).rejects.toThrow('ENOENT')
  })
})
