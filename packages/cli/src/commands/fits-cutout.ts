import { atomicFile } from '@skyloom/base/node'
import { type Hdu, writeCutout } from '@skyloom/fits'
import { openFitsFile } from '@skyloom/fits/node'
import { MosaicError, type Region, subsetRegion } from '@skyloom/mosaic'
import { wcsFromKeywords } from '@skyloom/wcs'
import { EXIT } from '../terminal/exit-code.ts'
import { printJson } from '../terminal/output.ts'

/** Flags of `skyloom fits cutout`. */
export interface CutoutFlags {
  readonly json?: boolean
  readonly hdu?: number | string
  readonly region?: Region
  readonly center?: { readonly lonDeg: number; readonly latDeg: number }
  readonly size?: { readonly width: number; readonly height: number }
  readonly plane?: number
  readonly overwrite?: boolean
}

/** `skyloom fits cutout` */
export async function fitsCutout(path: string, out: string, flags: CutoutFlags): Promise<number> {
  await using file = await openFitsFile(path)
  const hdu = flags.hdu === undefined ? firstImage(path, await file.allHdus()) : await file.hdu(flags.hdu)
  const region = flags.region ?? skyRegion(hdu, path, flags)
  const sink = await atomicFile(out, { overwrite: flags.overwrite === true })
  const part = await writeCutout(hdu, region, sink, (flags.plane ?? 1) - 1)
  if (flags.json === true) printJson({ file: path, hdu: hdu.index, out, region: part })
  else {
    const range = `x ${part.col + 1} to ${part.col + part.width}, y ${part.row + 1} to ${part.row + part.height}`
    process.stdout.write(`${out}: ${part.width} x ${part.height} pixels (${range})\n`)
  }
  return EXIT.done
}

function skyRegion(hdu: Hdu, name: string, flags: CutoutFlags): Region {
  const { header } = hdu
  const wcs = wcsFromKeywords(
    (keyword) => {
      const value = header.get(keyword)
      return typeof value === 'object' ? undefined : value
    },
    { name, naxis: hdu.shape.toReversed() },
  )
  // The command line asks for both or for a region.
  return subsetRegion(wcs, flags.center ?? { lonDeg: 0, latDeg: 0 }, flags.size ?? { width: 0, height: 0 })
}

function firstImage(path: string, hdus: readonly Hdu[]): Hdu {
  const found = hdus.find(
    ({ type, shape }) => (type === 'image' || type === 'compressed-image') && shape.length > 0,
  )
  if (found !== undefined) return found
  throw new MosaicError('MOSAIC_NO_IMAGES', 'the file has no image', {
    where: [path],
    found: hdus.map(({ index, type }) => `${index} ${type}`).join(', '),
    remedy: 'skyloom fits info shows what a file holds',
  })
}
