import type { Header } from '@skyloom/fits'
import { type Flips, northUpFlips, type SkyView } from '@skyloom/mosaic/view'
import { type MontageFrame, type Wcs, wcsFromKeywords } from '@skyloom/wcs'
import { MontageError } from '../errors.ts'
import { type ClassicWcs, classicWcs } from '../header/classic-wcs.ts'
import type { ViewerChannel } from './open-channel.ts'

/** How a picture lies on the sky. */
export interface PictureSky {
  readonly view: SkyView
  /** False when the images were treated as arrays of pixels. */
  readonly hasSky: boolean
}

/** Degrees of a pixel of images that are treated as arrays. */
const PIXEL_DEG = 1e-6
/** Largest relative difference of numbers of coordinate systems that count as the same. */
const SAME = 1e-9

/**
 * The window on the sky of a picture from its images: north up and east to the left as far as flips can do it.
 *
 * @throws MontageError `MONTAGE_BAD_HEADER` when an image has no usable coordinate system, or the three differ
 */
export function skyOfPicture(
  channels: readonly ViewerChannel[],
  { noWcs = false, noFlip = false }: { readonly noWcs?: boolean; readonly noFlip?: boolean },
): PictureSky {
  const first = channels[0]
  if (first === undefined) throw new RangeError('a picture needs an image')
  const { width, height } = first.plane
  const flips = noFlip ? { isFlippedX: false, isFlippedY: false } : undefined
  if (noWcs) {
    const own = usableWcs(first.image.header, first.name)
    const view = { ...pixelArray(width, height), width, height, ...(flips ?? flipsOf(own?.wcs)) }
    return { view, hasSky: false }
  }
  const skies = channels.map(({ image, name }) => classicWcs(image.header, name))
  const sky = skies[0]!
  for (const [index, other] of skies.entries()) {
    if (!isSameSky(sky, other)) throw mismatch(index === channels.length - 1 ? 'blue' : 'green')
  }
  const view = { ...sky, width, height, ...(flips ?? flipsOf(sky.wcs)) }
  return { view, hasSky: true }
}

function mismatch(color: string): MontageError {
  return new MontageError(
    'MONTAGE_BAD_HEADER',
    `Red and ${color} FITS images don't have matching projections (use -nowcs flag if you still want to proceed).`,
  )
}

function usableWcs(header: Header, name: string): ClassicWcs | undefined {
  try {
    return classicWcs(header, name)
  } catch {
    return undefined
  }
}

/** Flips of an image, as those of an ordinary one without a coordinate system. */
function flipsOf(wcs: Wcs | undefined): Flips {
  return wcs === undefined ? { isFlippedX: false, isFlippedY: true } : northUpFlips(wcs)
}

/** A small tangent plane at (0, 0) that stands for an array of pixels. */
function pixelArray(width: number, height: number): { readonly wcs: Wcs; readonly frame: MontageFrame } {
  const cards = new Map<string, string | number>([
    ['NAXIS', 2],
    ['NAXIS1', width],
    ['NAXIS2', height],
    ['CTYPE1', 'RA---TAN'],
    ['CTYPE2', 'DEC--TAN'],
    ['CRVAL1', 0],
    ['CRVAL2', 0],
    ['CRPIX1', (width + 1) / 2],
    ['CRPIX2', (height + 1) / 2],
    ['CDELT1', -PIXEL_DEG],
    ['CDELT2', PIXEL_DEG],
    ['EQUINOX', 2000],
  ])
  const wcs = wcsFromKeywords((keyword) => cards.get(keyword), { name: 'pixels', rules: 'montage' })
  return { wcs, frame: { system: 'EQUJ', epochYear: 2000 } }
}

function isSameSky(a: ClassicWcs, b: ClassicWcs): boolean {
  const numbers = ({ wcs }: ClassicWcs): readonly number[] => [...wcs.crpix, ...wcs.crval]
  const isNear = (x: number, y: number, unit: number): boolean =>
    Math.abs(x - y) <= SAME * Math.max(unit, Math.abs(x))
  const step = Math.max(...a.wcs.cd.map(Math.abs))
  return (
    a.wcs.projection === b.wcs.projection &&
    a.frame.system === b.frame.system &&
    a.frame.epochYear === b.frame.epochYear &&
    numbers(a).every((value, i) => isNear(value, numbers(b)[i]!, 1)) &&
    a.wcs.cd.every((value, i) => Math.abs(value - b.wcs.cd[i]!) <= 1e-7 * step)
  )
}
