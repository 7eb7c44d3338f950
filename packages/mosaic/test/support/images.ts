import { join } from 'node:path'
import { atomicFile } from '@skyloom/base/node'
import { Header, readImage, writeImage } from '@skyloom/fits'
import { openFitsFile } from '@skyloom/fits/node'

/** An image in memory with its header. */
export interface TestImage {
  readonly header: Header
  readonly width: number
  readonly height: number
  readonly data: Float64Array
}

/** Reads the first image of a file as float64. */
export async function loadImage(path: string, hdu: number = 0): Promise<TestImage> {
  await using file = await openFitsFile(path)
  const unit = await file.hdu(hdu)
  const { width, height, data } = await readImage(unit, { as: 'float64' })
  return { header: unit.header, width, height, data }
}

/** Geometry of a synthetic TAN image. */
export interface TanGrid {
  readonly width: number
  readonly height: number
  readonly lonDeg: number
  readonly latDeg: number
  readonly scaleDeg: number
  readonly crpix1?: number
  readonly crpix2?: number
  /** Turn of the image, degrees. */
  readonly rotationDeg?: number
  readonly projection?: string
}

/** Header of a synthetic image. */
export function tanHeader(grid: TanGrid): Header {
  const header = new Header()
  const turn = ((grid.rotationDeg ?? 0) * Math.PI) / 180
  header.set('CTYPE1', `RA---${grid.projection ?? 'TAN'}`).set('CTYPE2', `DEC--${grid.projection ?? 'TAN'}`)
  header
    .setFloat('CRPIX1', grid.crpix1 ?? (grid.width + 1) / 2)
    .setFloat('CRPIX2', grid.crpix2 ?? (grid.height + 1) / 2)
  header.setFloat('CRVAL1', grid.lonDeg).setFloat('CRVAL2', grid.latDeg)
  header.setFloat('CD1_1', -grid.scaleDeg * Math.cos(turn)).setFloat('CD1_2', grid.scaleDeg * Math.sin(turn))
  header.setFloat('CD2_1', grid.scaleDeg * Math.sin(turn)).setFloat('CD2_2', grid.scaleDeg * Math.cos(turn))
  header.set('RADESYS', 'ICRS')
  return header
}

/** Writes a float32 image whose pixels follow `value(col, row)`. */
export async function writeTestImage(
  folder: string,
  name: string,
  grid: TanGrid,
  value: (col: number, row: number) => number,
  edit: (header: Header) => void = () => undefined,
): Promise<string> {
  const { width, height } = grid
  const data = new Float32Array(width * height)
  for (let row = 0; row < height; row++) {
    for (let col = 0; col < width; col++) data[row * width + col] = value(col, row)
  }
  const header = tanHeader(grid)
  edit(header)
  const path = join(folder, name)
  const sink = await atomicFile(path)
  await writeImage(sink, header, { width, height, data })
  return path
}
