import { basename, dirname, join, resolve } from 'node:path'
import { isSkyloomError } from '@skyloom/base'
import type { Hdu } from '@skyloom/fits'
import { openFitsFile } from '@skyloom/fits/node'
import { MosaicError } from '../errors.ts'
import type { ImageRecord, ImageScan, RejectedImage } from '../image-table/image-record.ts'
import { type PartnerPlace, partnerPlace } from '../quality/partner-place.ts'
import {
  type ImageQuality,
  PARTNER_KINDS,
  type Partner,
  type PartnerKind,
  type QualityOptions,
} from '../quality/quality-options.ts'
import { rejection } from './scan-images.ts'

/**
 * Finds the weights, variances, masks and saturation of the images of a scan. Images that lack what was asked for are left out with the
 * reason; so are, silently, files that are partners of others (a folder may hold both).
 */
export async function findPartners(scan: ImageScan, options: QualityOptions): Promise<ImageScan> {
  const { weight, variance, mask, saturation } = options
  if ([weight, variance, mask, saturation].every((option) => option === undefined)) return scan
  const partners = new Set<string>()
  for (const image of scan.images) {
    for (const kind of PARTNER_KINDS) {
      const place = placeOf(image, options[kind])
      if (place !== undefined && place.path !== resolve(image.path)) partners.add(place.path)
    }
  }
  const images: ImageRecord[] = []
  const rejected: RejectedImage[] = scan.rejected.filter(
    ({ name }) => !partners.has(resolve(dirname(scan.images[0]?.path ?? ''), name)),
  )
  for (const image of scan.images) {
    if (partners.has(resolve(image.path))) continue
    try {
      images.push({ ...image, quality: await qualityOf(image, options) })
    } catch (error) {
      rejected.push(rejection(image.name, error))
    }
  }
  return { images, rejected: rejected.sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0)) }
}

function placeOf(image: ImageRecord, pattern: string | undefined): PartnerPlace | undefined {
  if (pattern === undefined) return undefined
  const place = partnerPlace(pattern, { fileName: basename(image.path), hdu: image.hdu })
  if (place === undefined) return undefined
  return { ...place, path: resolve(place.isBeside ? join(dirname(image.path), place.path) : place.path) }
}

async function qualityOf(image: ImageRecord, options: QualityOptions): Promise<ImageQuality> {
  const found: Partial<Record<PartnerKind, Partner>> = {}
  for (const kind of PARTNER_KINDS) {
    const place = placeOf(image, options[kind])
    if (place !== undefined) found[kind] = await partnerAt(image, kind, place)
  }
  const saturation = saturationOf(image, options.saturation)
  return { ...found, ...(saturation === undefined ? {} : { saturation }) }
}

async function partnerAt(image: ImageRecord, kind: PartnerKind, place: PartnerPlace): Promise<Partner> {
  const name = basename(place.path)
  const where = [image.name, `--${kind}`]
  const file = await openFitsFile(place.path, { blocking: true }).catch((cause: unknown) => {
    if (!isSkyloomError(cause)) throw cause
    throw new MosaicError('MOSAIC_NO_PARTNER', `the ${kind} image cannot be read`, {
      where,
      found: cause.message,
      remedy: `correct --${kind}, or take the image out of the folder`,
      cause,
    })
  })
  try {
    for await (const hdu of file.hdus()) {
      if (!isWanted(hdu, place.hdu)) continue
      const [height = 0, width = 0] = hdu.shape.slice(-2)
      if (width !== image.width || height !== image.height) throw badSize(where, name, hdu, image)
      return { path: place.path, name, hdu: hdu.index }
    }
  } finally {
    await file.close()
  }
  throw new MosaicError('MOSAIC_NO_PARTNER', `the ${kind} file has no such image`, {
    where,
    found: `${name}${place.hdu === undefined ? '' : `[${place.hdu}]`}`,
    remedy: `name the extension with [n] or [NAME] at the end of --${kind}`,
  })
}

function isWanted(hdu: Hdu, choice: number | string | undefined): boolean {
  if (typeof choice === 'number') return hdu.index === choice
  if (typeof choice === 'string') return hdu.name.toUpperCase() === choice.toUpperCase()
  return (hdu.type === 'image' || hdu.type === 'compressed-image') && hdu.shape.length >= 2
}

function badSize(where: readonly string[], name: string, hdu: Hdu, image: ImageRecord): MosaicError {
  const [height, width] = hdu.shape.slice(-2)
  return new MosaicError('MOSAIC_BAD_PARTNER', 'the partner image has another size', {
    where: [...where, name, `HDU ${hdu.index}`],
    found: `${width ?? 0} x ${height ?? 0} pixels`,
    allowed: `${image.width} x ${image.height}`,
    remedy: 'give an image with the same pixels',
  })
}

function saturationOf(image: ImageRecord, wanted: number | string | undefined): number | undefined {
  if (typeof wanted !== 'string') return wanted
  const value = image.header.card(wanted.trim().toUpperCase())?.value
  if (typeof value === 'number') return value
  throw new MosaicError('MOSAIC_NO_PARTNER', 'the header has no number for the saturation', {
    where: [image.name, wanted],
    found: typeof value === 'string' ? value : 'no such card',
    remedy: 'give a number to --saturation, or take the image out of the folder',
  })
}
