import { readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { atomicFile } from '@skyloom/base/node'
import { FitsWriter, Header, writeFitsTable } from '@skyloom/fits'
import { tableFromRows } from '@skyloom/fits/tables'
import { describe, expect, test } from 'vitest'
import { freshFolder } from '../../../testing/folders.ts'
import { skyloom } from './command.ts'

/** A file with a 16-bit scaled image with a BLANK pixel in the primary and a float image in an extension. */
async function sampleFile(): Promise<{ folder: string; path: string }> {
  const folder = freshFolder()
  const path = join(folder, 'sample.fits')
  const writer = new FitsWriter(await atomicFile(path))
  const header = new Header()
  header.set('CTYPE1', 'RA---TAN').set('CTYPE2', 'DEC--TAN').set('RADESYS', 'ICRS')
  header.setFloat('CRPIX1', 3).setFloat('CRPIX2', 2).setFloat('CRVAL1', 150).setFloat('CRVAL2', 20)
  header.setFloat('CDELT1', -0.001).setFloat('CDELT2', 0.001)
  const first = await writer.beginImage(
    { bitpix: 16, shape: [4, 6], bscale: 0.5, bzero: 100, blank: -1 },
    header,
  )
  await first.writeRows(Float64Array.from({ length: 24 }, (_, i) => (i === 7 ? Number.NaN : 100 + i)))
  await first.end()
  const second = await writer.beginImage({ bitpix: -32, shape: [2, 2] }, new Header().set('EXTNAME', 'SKY'))
  await second.writeRows(Float32Array.of(1, 2, 3, Infinity))
  await second.end()
  await writer.commit()
  return { folder, path }
}

describe('skyloom fits', () => {
  test('stats --json gives the documented form', async () => {
    const { path } = await sampleFile()
    const { code, stdout } = await skyloom('fits', 'stats', path, '--json')
    expect(code).toBe(0)
    const values = Array.from({ length: 24 }, (_, i) => 100 + i).filter((_, i) => i !== 7)
    const mean = values.reduce((sum, value) => sum + value, 0) / 23
    const rms = Math.sqrt(values.reduce((sum, value) => sum + value * value, 0) / 23)
    expect(JSON.parse(stdout)).toEqual({
      file: path,
      hdus: [
        {
          index: 0,
          name: '',
          type: 'image',
          bitpix: 16,
          shape: [4, 6],
          finite: 23,
          blank: 1,
          min: 100,
          max: 123,
          mean: expect.closeTo(mean, 10) as number,
          rms: expect.closeTo(rms, 10) as number,
        },
        {
          index: 1,
          name: 'SKY',
          type: 'image',
          bitpix: -32,
          shape: [2, 2],
          finite: 3,
          blank: 1,
          min: 1,
          max: 3,
          mean: 2,
          rms: expect.closeTo(Math.sqrt(14 / 3), 12) as number,
        },
      ],
    })
  })

  test('info and header', async () => {
    const { path } = await sampleFile()
    const info = await skyloom('fits', 'info', path)
    expect(info.stdout).toMatch(/0 +image +16 +6 x 4/)
    expect(info.stdout).toMatch(/1 +SKY +image +-32 +2 x 2/)
    const cards = await skyloom('fits', 'header', path, '--keyword', 'crval1', 'CRPIX1')
    expect(cards.stdout).toMatch(/^CRPIX1 {2}=.*3\.0\nCRVAL1 {2}=.*150\.0\n$/)
    const missing = await skyloom('fits', 'header', path, '--keyword', 'NOSUCH')
    expect(missing.code).toBe(1)
    const wrongHdu = await skyloom('fits', 'header', path, '--hdu', '7')
    expect(wrongHdu.code).toBe(1)
    expect(wrongHdu.stderr).toContain('FITS_NO_SUCH_HDU')
  })

  test('verify finds a damaged file, and a repaired one is clean', async () => {
    const { folder, path } = await sampleFile()
    expect((await skyloom('fits', 'verify', path)).stdout).toContain('no fault found')
    const damaged = join(folder, 'damaged.fits')
    const bytes = Uint8Array.from(await readFile(path))
    bytes[2880 + 3] = 0x7f
    await writeFile(damaged, bytes)
    const verdict = await skyloom('fits', 'verify', damaged)
    expect(verdict.code).toBe(1)
    expect(verdict.stdout).toMatch(/DATASUM|CHECKSUM/i)
    const repaired = join(folder, 'repaired.fits')
    await skyloom('fits', 'verify', damaged, '--repair', repaired)
    expect((await skyloom('fits', 'verify', repaired)).code).toBe(0)
  })

  test('a cutout keeps pixels and sky positions', async () => {
    const { folder, path } = await sampleFile()
    const out = join(folder, 'cut.fits')
    const { code } = await skyloom('fits', 'cutout', path, out, '--region', '3 5 2 4')
    expect(code).toBe(0)
    const stats = JSON.parse((await skyloom('fits', 'stats', out, '--json')).stdout) as {
      hdus: { shape: number[]; min: number }[]
    }
    expect(stats.hdus[0]?.shape).toEqual([3, 3])
    expect(stats.hdus[0]?.min).toBe(108)
    const before = JSON.parse((await skyloom('wcs', 'pix2sky', path, '4', '3', '--json')).stdout) as {
      points: object[]
    }
    const after = JSON.parse((await skyloom('wcs', 'pix2sky', out, '2', '2', '--json')).stdout) as {
      points: { lon: number }[]
    }
    expect(after.points[0]?.lon).toBe((before.points[0] as { lon: number }).lon)
    const again = await skyloom('fits', 'cutout', path, out, '--region', '3 5 2 4')
    expect(again.code).toBe(4)
    const bySky = await skyloom(
      'fits',
      'cutout',
      path,
      join(folder, 'sky.fits'),
      '--center',
      '150 20',
      '--size',
      '0.003',
    )
    expect(bySky.stdout).toContain('3 x 3 pixels (x 2 to 4, y 1 to 3)')
    const outside = await skyloom('fits', 'cutout', path, join(folder, 'none.fits'), '--region', '30 31 1 2')
    expect(outside.code).toBe(1)
    expect(outside.stderr).toContain('FITS_BAD_REGION')
  })

  test('compress and uncompress give the same file back, and diff sees it', async () => {
    const { folder, path } = await sampleFile()
    const packed = join(folder, 'packed.fits.fz')
    const unpacked = join(folder, 'unpacked.fits')
    expect((await skyloom('fits', 'compress', path, packed)).stdout).toContain('2 HDUs compressed, 0 copied')
    expect((await skyloom('fits', 'diff', path, packed)).stdout).toBe('the files are equal\n')
    expect((await skyloom('fits', 'uncompress', packed, unpacked)).code).toBe(0)
    expect((await skyloom('fits', 'diff', path, unpacked)).code).toBe(0)
    const other = join(folder, 'other.fits')
    const bytes = Uint8Array.from(await readFile(path))
    bytes[2880 + 1] = 9
    await writeFile(other, bytes)
    const difference = await skyloom('fits', 'diff', path, other, '--json')
    expect(difference.code).toBe(1)
    const found = JSON.parse(difference.stdout) as {
      hdus: { pixels: { different: number; first: number[] } }[]
    }
    expect(found.hdus[0]?.pixels).toMatchObject({ different: 1, first: [0, 0] })
    expect((await skyloom('fits', 'diff', path, other, '--atol', '10')).code).toBe(0)
  })

  test('tables come out as IPAC, CSV, VOTable and JSON', async () => {
    const { folder } = await sampleFile()
    const path = join(folder, 'table.fits')
    const table = tableFromRows(
      [
        { name: 'id', type: 'int32' },
        { name: 'name', type: 'string' },
      ],
      [
        [1, 'a,b'],
        [2, 'c'],
        [3, 'd'],
      ],
    )
    const writer = new FitsWriter(await atomicFile(path))
    await writeFitsTable(writer, table)
    await writer.commit()
    expect((await skyloom('fits', 'table', path, '--format', 'csv', '--rows', '1:2')).stdout).toBe(
      'id,name\r\n1,"a,b"\r\n2,c\r\n',
    )
    expect((await skyloom('fits', 'table', path)).stdout).toMatch(/^\|.*id.*\|.*name/)
    expect((await skyloom('fits', 'table', path, '--format', 'votable')).stdout).toContain('<VOTABLE')
    const json = JSON.parse((await skyloom('fits', 'table', path, '--columns', 'name', '--json')).stdout) as {
      rows: object[]
    }
    expect(json.rows).toEqual([{ name: 'a,b' }, { name: 'c' }, { name: 'd' }])
  })
})

describe('skyloom wcs', () => {
  test('pix2sky --json and sky2pix --json have the documented form and undo each other', async () => {
    const { path } = await sampleFile()
    const { stdout } = await skyloom('wcs', 'pix2sky', path, '3', '2', '1', '1', '--json')
    const sky = JSON.parse(stdout) as {
      file: string
      frame: string
      points: { x: number; y: number; lon: number; lat: number }[]
    }
    expect(sky.file).toBe(path)
    expect(sky.frame).toBe('icrs')
    expect(sky.points[0]).toEqual({
      x: 3,
      y: 2,
      lon: expect.closeTo(150, 12) as number,
      lat: expect.closeTo(20, 12) as number,
    })
    const { lon, lat } = sky.points[1]!
    const back = JSON.parse(
      (await skyloom('wcs', 'sky2pix', path, '--json', '--', String(lon), String(lat))).stdout,
    ) as {
      points: { x: number; y: number }[]
    }
    expect(back.points[0]?.x).toBeCloseTo(1, 8)
    expect(back.points[0]?.y).toBeCloseTo(1, 8)
  })

  test('positions off the sky are null; text headers are read; wrong counts are refused', async () => {
    const { folder } = await sampleFile()
    const header = join(folder, 'all.hdr')
    const cards = ["CTYPE1 = 'GLON-AIT'", "CTYPE2 = 'GLAT-AIT'", 'NAXIS = 2', 'NAXIS1 = 400', 'NAXIS2 = 200']
    cards.push(
      'CRPIX1 = 200.5',
      'CRPIX2 = 100.5',
      'CRVAL1 = 0',
      'CRVAL2 = 0',
      'CDELT1 = -1',
      'CDELT2 = 1',
      'END',
    )
    await writeFile(header, `${cards.join('\n')}\n`)
    const corner = JSON.parse((await skyloom('wcs', 'pix2sky', header, '1', '1', '--json')).stdout) as {
      frame: string
      points: object[]
    }
    expect(corner.frame).toBe('galactic')
    expect(corner.points).toEqual([{ x: 1, y: 1, lon: null, lat: null }])
    const missing = await skyloom('wcs', 'pix2sky', join(folder, 'none.fits'), '1', '1')
    expect(missing.code).toBe(1)
    expect(missing.stderr).toContain('BASE_READ_FAILED')
    const odd = await skyloom('wcs', 'pix2sky', header, '1')
    expect(odd.code).toBe(2)
    expect(odd.stderr).toContain('pairs')
  })

  test('doctor tells readings, shifts and the fix', async () => {
    const { folder, path } = await sampleFile()
    const good = await skyloom('wcs', 'doctor', path)
    expect(good.code).toBe(0)
    expect(good.stdout).toContain('HDU 0: TAN, icrs, nothing doubtful')
    const header = join(folder, 'odd.hdr')
    const cards = ["CTYPE1 = 'RA---TAN'", "CTYPE2 = 'DEC--TAN'", 'NAXIS = 2', 'NAXIS1 = 400', 'NAXIS2 = 200']
    cards.push(
      'CRPIX1 = 200.5',
      'CRPIX2 = 100.5',
      'CRVAL1 = 10',
      'CRVAL2 = 20',
      'CDELT1 = -0.001',
      'CDELT2 = 0.001',
      'END',
    )
    await writeFile(header, `${cards.join('\n')}\n`)
    const odd = await skyloom('wcs', 'doctor', header)
    expect(odd.code).toBe(1)
    expect(odd.stdout).toMatch(/RADESYS.*\[frame-missing\]/)
    expect(odd.stdout).toMatch(/FK4, equinox 1950: \d+ arcsec away/)
    expect(odd.stdout).toContain("fix: add RADESYS = 'ICRS'")
    const json = JSON.parse((await skyloom('wcs', 'doctor', header, '--json')).stdout) as {
      hdus: { findings: object[] }[]
    }
    expect(json.hdus[0]?.findings.length).toBe(1)
  })

  test('footprint', async () => {
    const { path } = await sampleFile()
    const { stdout } = await skyloom('wcs', 'footprint', path, '--json')
    const { corners } = JSON.parse(stdout) as { corners: { lon: number }[] }
    expect(corners.length).toBe(4)
    expect(corners[0]!.lon).toBeGreaterThan(corners[1]!.lon)
  })
})
