import { MosaicError } from '@skyloom/mosaic'
import { footprint, frameName, pixelToSky, skyToPixel } from '@skyloom/wcs'
import { EXIT } from '../terminal/exit-code.ts'
import { printJson } from '../terminal/output.ts'
import { readWcs } from './wcs-file.ts'

/** Flags of the `skyloom wcs` commands. */
export interface WcsFlags {
  readonly json?: boolean
  readonly hdu?: number | string
}

/** `skyloom wcs pix2sky` */
export async function pixToSky(path: string, words: readonly string[], flags: WcsFlags): Promise<number> {
  const wcs = await readWcs(path, flags.hdu)
  const points = pairs(words).map(([x, y]) => {
    const sky = pixelToSky(wcs, x, y)
    return { x, y, lon: sky?.lonDeg ?? null, lat: sky?.latDeg ?? null }
  })
  print(path, frameName(wcs.frame), points, flags, ({ lon, lat }) => [lon, lat])
  return EXIT.done
}

/** `skyloom wcs sky2pix` */
export async function skyToPix(path: string, words: readonly string[], flags: WcsFlags): Promise<number> {
  const wcs = await readWcs(path, flags.hdu)
  const points = pairs(words).map(([lon, lat]) => {
    const pixel = skyToPixel(wcs, lon, lat)
    return { lon, lat, x: pixel?.fitsX ?? null, y: pixel?.fitsY ?? null }
  })
  print(path, frameName(wcs.frame), points, flags, ({ x, y }) => [x, y])
  return EXIT.done
}

function print<Point>(
  file: string,
  frame: string,
  points: readonly Point[],
  flags: WcsFlags,
  answer: (point: Point) => readonly [number | null, number | null],
): void {
  if (flags.json === true) {
    printJson({ file, frame, points })
    return
  }
  for (const point of points) {
    const [first, second] = answer(point)
    const text =
      first === null || second === null ? 'off the sky' : `${first.toFixed(9)} ${second.toFixed(9)}`
    process.stdout.write(`${text}\n`)
  }
}

/** `skyloom wcs footprint` */
export async function wcsFootprint(path: string, flags: WcsFlags): Promise<number> {
  const wcs = await readWcs(path, flags.hdu)
  const { corners, boundary } = footprint(wcs, { arcsPerSide: 8 })
  const frame = frameName(wcs.frame)
  if (flags.json === true) {
    const list = (positions: readonly ({ lonDeg: number; latDeg: number } | undefined)[]): unknown =>
      positions.map((sky) => (sky === undefined ? null : { lon: sky.lonDeg, lat: sky.latDeg }))
    printJson({ file: path, frame, corners: list(corners), boundary: list(boundary) })
    return EXIT.done
  }
  process.stdout.write(`corners in ${frame}, anticlockwise on the array from the first pixel\n`)
  for (const sky of corners) {
    process.stdout.write(
      sky === undefined ? 'off the sky\n' : `${sky.lonDeg.toFixed(9)} ${sky.latDeg.toFixed(9)}\n`,
    )
  }
  return EXIT.done
}

function pairs(words: readonly string[]): readonly (readonly [number, number])[] {
  const values = words.flatMap((word) => word.trim().split(/[\s,]+/)).map(Number)
  if (values.length % 2 !== 0 || !values.every(Number.isFinite)) {
    throw new MosaicError('MOSAIC_BAD_OPTION', 'coordinates come in pairs of numbers', {
      found: words.join(' '),
      allowed: 'X Y [X Y ...]',
    })
  }
  return values.flatMap((value, i) => (i % 2 === 0 ? [[value, values[i + 1] ?? 0] as const] : []))
}
