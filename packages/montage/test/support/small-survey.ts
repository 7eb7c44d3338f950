import { writeFileSync } from 'node:fs'
import { join } from 'node:path'

const SIDE = 40

/** Header of images and templates in TAN projection with pixels of 0.001 degree. */
function cards(width: number, height: number, lon: number, lat: number): readonly string[] {
  return [
    'SIMPLE  =                    T',
    'BITPIX  =                  -64',
    'NAXIS   =                    2',
    `NAXIS1  = ${width}`,
    `NAXIS2  = ${height}`,
    "CTYPE1  = 'RA---TAN'",
    "CTYPE2  = 'DEC--TAN'",
    `CRVAL1  = ${lon}`,
    `CRVAL2  = ${lat}`,
    `CRPIX1  = ${(width + 1) / 2}`,
    `CRPIX2  = ${(height + 1) / 2}`,
    'CDELT1  = -0.001',
    'CDELT2  = 0.001',
    'EQUINOX = 2000.0',
    'END',
  ]
}

/** An image of 40 x 40 pixels with one value. */
function writeImage(path: string, lon: number, lat: number, value: number): void {
  const header = cards(SIDE, SIDE, lon, lat)
  const bytes = Buffer.alloc(2880 * (1 + Math.ceil((SIDE * SIDE * 8) / 2880)))
  bytes.write(
    header
      .map((card) => card.padEnd(80))
      .join('')
      .padEnd(2880),
    'latin1',
  )
  for (let i = 0; i < SIDE * SIDE; i++) bytes.writeDoubleBE(value, 2880 + 8 * i)
  writeFileSync(path, bytes)
}

/**
 * A survey of four images: three that overlap in a row around (150, 20), with levels 100, 105 and 97, and one far off; and in
 * `region.hdr` the template of 100 x 50 pixels that they cover.
 */
export function writeSmallSurvey(folder: string): void {
  writeImage(join(folder, 'a.fits'), 150.03, 20, 100)
  writeImage(join(folder, 'b.fits'), 150.0, 20.003, 105)
  writeImage(join(folder, 'c.fits'), 149.97, 20, 97)
  writeImage(join(folder, 'far.fits'), 151, 20, 100)
  writeFileSync(join(folder, 'region.hdr'), `${cards(100, 50, 150, 20).join('\n')}\n`)
}

/** Width and values with data of a mosaic of doubles. */
export function readMosaic(bytes: Buffer): { readonly width: number; readonly values: readonly number[] } {
  const header = bytes.subarray(0, bytes.indexOf('END     ')).toString('latin1')
  const [width = 0, height = 0] = [1, 2].map((axis) =>
    Number(new RegExp(`NAXIS${axis} *= *(\\d+)`).exec(header)?.[1]),
  )
  const data = bytes.subarray(Math.ceil((header.length + 80) / 2880) * 2880)
  const values = Array.from({ length: width * height }, (_, i) => data.readDoubleBE(8 * i))
  return { width, values: values.filter((value) => !Number.isNaN(value)) }
}
