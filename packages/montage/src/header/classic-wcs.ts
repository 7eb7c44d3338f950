import type { Header } from '@skyloom/fits'
import {
  type MontageFrame,
  type MontageFrameConverter,
  montageFrameConverter,
  pixelToSky,
  type SkyPosition,
  type Wcs,
  wcsFromKeywords,
} from '@skyloom/wcs'
import { checkHeader } from './check-header.ts'
import { headerError } from './header-error.ts'

/** A coordinate system read by the rules of the classic programs. */
export interface ClassicWcs {
  readonly wcs: Wcs
  /** System with the equinox of the header. */
  readonly frame: MontageFrame
}

/**
 * The coordinate system of an image or template, by the rules of the classic programs, after their checks.
 *
 * @throws MontageError `MONTAGE_BAD_HEADER`
 */
export function classicWcs(header: Header, name: string): ClassicWcs {
  checkHeader((keyword) => valueText(header, keyword), name)
  return uncheckedWcs(header, name)
}

/** As {@link classicWcs} without the checks of single keywords. */
export function uncheckedWcs(header: Header, name: string): ClassicWcs {
  try {
    const wcs = wcsFromKeywords((keyword) => keywordValue(header, keyword) ?? poleDefault(header, keyword), {
      name,
      rules: 'montage',
      sipInverse: 'coefficients',
      longitudeRange: 'image',
    })
    return { wcs, frame: montageFrame(wcs) }
  } catch (cause) {
    const text = cause instanceof Error ? cause.message : String(cause)
    throw headerError(name, text, { cause })
  }
}

function keywordValue(header: Header, keyword: string): string | number | bigint | boolean | undefined {
  const value = header.get(keyword)
  return typeof value === 'object' ? undefined : value
}

/**
 * LONPOLE of a zenithal image around the pole whose header does not tell: 180, as the classic programs take it everywhere. (The standard
 * has 0 there, FITS WCS Paper II section 2.2.)
 */
function poleDefault(header: Header, keyword: string): number | undefined {
  if (keyword !== 'LONPOLE') return undefined
  const ctype = keywordValue(header, 'CTYPE1')
  const isLatFirst = typeof ctype === 'string' && /^(?:DEC|.LAT)/.test(ctype)
  const isZenithal = typeof ctype === 'string' && /-(?:TAN|SIN|ZEA|STG|ARC|ZPN|AIR|AZP)/.test(ctype)
  const latDeg = keywordValue(header, isLatFirst ? 'CRVAL1' : 'CRVAL2')
  return isZenithal && latDeg === 90 ? 180 : undefined
}

function valueText(header: Header, keyword: string): string | undefined {
  const value = keywordValue(header, keyword)
  if (typeof value === 'boolean') return value ? 'T' : 'F'
  return value === undefined ? undefined : String(value).trimEnd()
}

/** The system of the classic programs that a frame stands for. */
function montageFrame({ frame }: Wcs): MontageFrame {
  const { equinoxYear } = frame
  switch (frame.system) {
    case 'galactic':
      return { system: 'GAL' }
    case 'supergalactic':
      return { system: 'SGAL' }
    case 'ecliptic':
      return { system: 'ECLJ', epochYear: equinoxYear ?? 2000 }
    case 'ecliptic-b':
      return { system: 'ECLB', epochYear: equinoxYear ?? 1950 }
    case 'fk4':
    case 'fk4-no-e':
      return { system: 'EQUB', epochYear: equinoxYear ?? 1950 }
    default:
      return { system: 'EQUJ', epochYear: equinoxYear ?? 2000 }
  }
}

/** Converter from the system of an image to J2000 equatorial positions. */
export function toJ2000(frame: MontageFrame): MontageFrameConverter {
  return montageFrameConverter(frame, { system: 'EQUJ', epochYear: 2000 })
}

/** J2000 position of a pixel; undefined where there is no sky. */
export function pixelJ2000(
  { wcs, frame }: ClassicWcs,
  fitsX: number,
  fitsY: number,
): SkyPosition | undefined {
  const sky = pixelToSky(wcs, fitsX, fitsY)
  return sky === undefined ? undefined : toJ2000(frame).convert(sky.lonDeg, sky.latDeg)
}

/** Converter from J2000 equatorial positions to the system of an image. */
export function fromJ2000(frame: MontageFrame): MontageFrameConverter {
  return montageFrameConverter({ system: 'EQUJ', epochYear: 2000 }, frame)
}
