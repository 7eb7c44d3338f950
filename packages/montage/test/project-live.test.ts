import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { readImage } from '@skyloom/fits'
import { openFitsFile } from '@skyloom/fits/node'
import { describe, expect, test } from 'vitest'
import { demoImages, freshFolder } from '../../../testing/folders.ts'
import { lacksProgram } from '../../../testing/peers.ts'
import { mProject, mProjectPP, mProjectQL } from '../src/index.ts'

const images = readdirSync(demoImages)
  .filter((name) => name.endsWith('.fits.gz'))
  .slice(3, 5)

const command = fileURLToPath(new URL('../bin/montage-module.js', import.meta.url))

/** A template in the middle of the demo images, turned by some degrees. */
function template(width: number, height: number, ctype: string): string {
  return `SIMPLE  = T
BITPIX  = -64
NAXIS   = 2
NAXIS1  = ${width}
NAXIS2  = ${height}
CTYPE1  = 'RA---${ctype}'
CTYPE2  = 'DEC--${ctype}'
CRVAL1  = 83.77
CRVAL2  = -5.23
CRPIX1  = ${width / 2 + 0.5}
CRPIX2  = ${height / 2 + 0.5}
CDELT1  = -0.0003
CDELT2  = 0.0003
CROTA2  = 8.0
EQUINOX = 2000
END
`
}

async function pixels(path: string): Promise<{ width: number; crpix: number[]; data: Float64Array }> {
  await using file = await openFitsFile(path, { blocking: true })
  const hdu = await file.hdu(0)
  const { width, data } = await readImage(hdu, { as: 'float64' })
  return { width, crpix: ['CRPIX1', 'CRPIX2'].map((keyword) => hdu.header.number(keyword)), data }
}

/** Largest relative differences of two images of one shape: of all pixels, and of all but one in a thousand. */
async function differences(
  ours: string,
  theirs: string,
): Promise<{ readonly most: number; readonly usual: number; readonly blank: number }> {
  const [a, b] = [await pixels(ours), await pixels(theirs)]
  expect([a.width, a.data.length, ...a.crpix]).toEqual([b.width, b.data.length, ...b.crpix])
  let blank = 0
  const all: number[] = []
  for (const [k, value] of b.data.entries()) {
    const own = a.data[k] ?? Number.NaN
    if (Number.isNaN(value) !== Number.isNaN(own)) blank++
    else if (!Number.isNaN(value) && value !== 0) all.push(Math.abs(own / value - 1))
  }
  all.sort((p, q) => p - q)
  return { most: all.at(-1) ?? 0, usual: all[Math.floor(all.length * 0.999)] ?? 0, blank }
}

describe.skipIf(lacksProgram('mProject', 'mProjectPP', 'mProjectQL') || !existsSync(demoImages))(
  'our modules beside those of Montage 6.0, on real images',
  () => {
    const run = (folder: string, name: string, ...args: string[]): void =>
      void execFileSync(name, args, { cwd: folder })

    test.for(images)('%s on the sphere', { timeout: 60_000 }, async (name) => {
      const folder = freshFolder()
      // Montage's mProject needs 80 microseconds for each pixel.
      writeFileSync(join(folder, 't.hdr'), template(70, 60, 'ZEA'))
      const path = join(demoImages, name)
      run(folder, 'mProject', path, 'c.fits', 't.hdr')
      await mProject({ image: path, output: 'o.fits', template: 't.hdr' }, { cwd: folder })
      const values = await differences(join(folder, 'o.fits'), join(folder, 'c.fits'))
      const areas = await differences(join(folder, 'o_area.fits'), join(folder, 'c_area.fits'))
      expect(values.blank + areas.blank).toBe(0)
      // Its sums of angles have four digits for pixels of an arcsecond; the noise of its areas carries over to the values.
      expect(values.usual).toBeLessThan(1e-4)
      expect(values.most).toBeLessThan(1e-3)
      expect(areas.usual).toBeLessThan(1e-3)
    })

    test.for(images)('%s in the plane', { timeout: 60_000 }, async (name) => {
      const folder = freshFolder()
      writeFileSync(join(folder, 't.hdr'), template(1500, 1400, 'TAN'))
      const path = join(demoImages, name)
      run(folder, 'mProjectPP', path, 'c.fits', 't.hdr')
      await mProjectPP({ image: path, output: 'o.fits', template: 't.hdr' }, { cwd: folder })
      const values = await differences(join(folder, 'o.fits'), join(folder, 'c.fits'))
      const areas = await differences(join(folder, 'o_area.fits'), join(folder, 'c_area.fits'))
      expect(values.blank).toBeLessThanOrEqual(3)
      expect(values.usual).toBeLessThan(1e-8)
      expect(areas.usual).toBeLessThan(1e-7)
    })

    test('the nearest pixel', { timeout: 60_000 }, async () => {
      const folder = freshFolder()
      writeFileSync(join(folder, 't.hdr'), template(1500, 1400, 'SIN'))
      const path = join(demoImages, images[0] ?? '')
      run(folder, 'mProjectQL', path, 'c.fits', 't.hdr')
      await mProjectQL({ image: path, output: 'o.fits', template: 't.hdr' }, { cwd: folder })
      const { usual, blank } = await differences(join(folder, 'o.fits'), join(folder, 'c.fits'))
      expect(blank).toBeLessThanOrEqual(3)
      expect(usual).toBe(0)
    })
  },
)

test('the images of a table are the same for any number of threads', { timeout: 60_000 }, () => {
  const folder = freshFolder()
  writeFileSync(
    join(folder, 't.hdr'),
    template(700, 700, 'CAR')
      .replace('-5.23', '0.0')
      .replace('8.0', '0.0')
      .replace(/CRPIX2 .*/, 'CRPIX2  = 17783.5'),
  )
  const rows = images.map((name) => ` ${name.padEnd(40)}`)
  writeFileSync(
    join(folder, 'images.tbl'),
    `|${'fname'.padEnd(40)}|\n|${'char'.padEnd(40)}|\n${rows.join('\n')}\n`,
  )
  const digests: string[] = []
  for (const threads of [1, 2]) {
    const projected = join(folder, `p${threads}`)
    mkdirSync(projected)
    // As a command: the threads load the built package.
    const line = execFileSync(
      process.execPath,
      [
        command,
        'mProjExec',
        '-j',
        String(threads),
        '-p',
        demoImages,
        'images.tbl',
        't.hdr',
        projected,
        'stats.tbl',
      ],
      { cwd: folder, encoding: 'utf8' },
    )
    expect(line).toContain('count=2, failed=0, nooverlap=0')
    const hash = createHash('sha256')
    for (const name of readdirSync(projected).sort())
      hash.update(name).update(readFileSync(join(projected, name)))
    digests.push(hash.digest('hex'))
  }
  expect(digests[1]).toBe(digests[0])
})
