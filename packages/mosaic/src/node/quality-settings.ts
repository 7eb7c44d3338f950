import { type ClipSettings, EXTRA_PLANES, type ExtraPlane } from '../add/combine.ts'
import { badOption, checkWord } from '../make/bad-option.ts'
import type { MosaicOptions } from '../make/options.ts'
import { ALL_BITS } from '../quality/mask-pixels.ts'
import { partnerPlace } from '../quality/partner-place.ts'
import {
  PARTNER_KINDS,
  type QualityOptions,
  WEIGHT_TYPES,
  type WeightType,
} from '../quality/quality-options.ts'

/** What is known and asked of pixels beyond their values, checked. */
export interface QualitySettings {
  readonly quality: QualityRules
  readonly clip: ClipSettings
  /** In the order of `EXTRA_PLANES`. */
  readonly planes: readonly ExtraPlane[]
}

/** How pixels are judged, with defaults. */
export interface QualityRules extends QualityOptions {
  readonly weightType: WeightType
  readonly maskBits: number
  readonly badValues: readonly number[]
}

const DEFAULT_CLIP: ClipSettings = { sigma: 4, range: 1 }

/** @throws MosaicError `MOSAIC_BAD_OPTION` */
export function resolveQuality(options: MosaicOptions): QualitySettings {
  const given = options.quality ?? {}
  const { weight, variance, mask, saturation, badValues = [] } = given
  const quality = {
    weight,
    variance,
    mask,
    saturation,
    badValues,
    weightType: given.weightType ?? 'relative',
    maskBits: given.maskBits ?? ALL_BITS,
  }
  checkWord('weight-type', quality.weightType, WEIGHT_TYPES)
  for (const kind of PARTNER_KINDS) {
    const pattern = quality[kind]
    if (pattern !== undefined && partnerPlace(pattern, { fileName: 'a.fits', hdu: 0 }) === undefined) {
      throw badOption(kind, pattern, 'a folder, or a name with {stem} or {name}, with [extension] if need be')
    }
  }
  const { maskBits } = quality
  if (!(Number.isInteger(maskBits) && maskBits > 0 && maskBits <= ALL_BITS))
    throw badOption('mask-bits', String(maskBits), `1 to ${ALL_BITS}`)
  if (typeof saturation === 'number' ? Number.isNaN(saturation) : saturation?.trim() === '')
    throw badOption('saturation', String(saturation), 'a number or a keyword')
  const clip = { ...DEFAULT_CLIP, ...options.clip }
  if (!(clip.sigma > 0)) throw badOption('clip-sigma', String(clip.sigma), 'above 0')
  if (!(clip.range >= 0)) throw badOption('clip-range', String(clip.range), '0 or more')
  const wanted = new Set<string>(options.planes ?? [])
  for (const plane of wanted) checkWord('planes', plane, EXTRA_PLANES)
  if (wanted.has('variance') && options.combine === 'count')
    throw badOption(
      'planes',
      'variance',
      'weight, count, context with --combine count: a number of images has no noise',
    )
  return { quality, clip, planes: EXTRA_PLANES.filter((plane) => wanted.has(plane)) }
}
