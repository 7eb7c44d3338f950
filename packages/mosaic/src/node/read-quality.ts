import { readImage } from '@skyloom/fits'
import { openFitsFile } from '@skyloom/fits/node'
import type { PixelViews } from '@skyloom/kernels'
import { MosaicError } from '../errors.ts'
import { maskByBits, maskByPlane, maskValues } from '../quality/mask-pixels.ts'
import { pixelNoise } from '../quality/pixel-noise.ts'
import type { ImageQuality, Partner, PartnerKind, WeightType } from '../quality/quality-options.ts'
import { PARTNER_KINDS } from '../quality/quality-options.ts'
import { sha256OfFile } from './sha256-of-file.ts'

/** What is to be known of the pixels of an image, and where it goes. Offsets are 0 where nothing is wanted. */
export interface QualityPayload {
  readonly quality: ImageQuality
  readonly weightType: WeightType
  readonly maskBits: number
  readonly badValues: readonly number[]
  /** Whether weights and variances of the pixels are asked for. */
  readonly wantsWeight: boolean
  readonly wantsVariance: boolean
  /** Planes of the image's size for its weights and variances; 0 where all pixels have the same. */
  readonly imageWeightAt: number
  readonly imageVarianceAt: number
  /** Planes of the region for what is reprojected. */
  readonly weightAt: number
  readonly varianceAt: number
}

/** A partner as it was read. */
export interface PartnerResult {
  readonly kind: PartnerKind
  readonly name: string
  readonly sha256: string
}

/** What was found. */
export interface QualityResult {
  /** Pixels of the image with a value that do not count. */
  readonly maskedPixels: number
  /** Standard deviation of the image's background noise, where it was measured: without a variance image, in the unit of the pixels. */
  readonly noise: number | undefined
  readonly partners: readonly PartnerResult[]
  /** Weight of all pixels where there is no weight image. */
  readonly constantWeight: number
}

/**
 * Blanks the pixels of an image that do not count and makes planes of its weights and variances.
 *
 * Without a variance image the variances are those of a weight image: its inverse (`inverse-variance`), or times the scale that the noise of the image
 * gives (`relative`); without either they are the square of the image's background noise. Without a weight image weights are inverse variances.
 *
 * @throws MosaicError `MOSAIC_BAD_PARTNER` for a negative variance or noise that cannot be told; FitsError
 */
export async function readQuality(
  views: PixelViews,
  image: { readonly at: number; readonly width: number; readonly height: number; readonly name: string },
  payload: QualityPayload,
): Promise<QualityResult> {
  const { quality, imageWeightAt, imageVarianceAt } = payload
  const { width, height } = image
  const count = width * height
  const pixels = views.f32(image.at, count)
  const planeAt = (at: number): Float32Array => views.f32(at, count)
  let maskedPixels = 0
  if (quality.saturation !== undefined || payload.badValues.length > 0)
    maskedPixels += maskValues(pixels, { saturation: quality.saturation, bad: payload.badValues })
  if (quality.mask !== undefined) {
    const { data } = await readPartner(quality.mask, 'native')
    maskedPixels += maskByBits(pixels, data, payload.maskBits)
  }
  if (quality.weight !== undefined) {
    await readPartner(quality.weight, 'float32', planeAt(imageWeightAt))
    maskedPixels += maskByPlane(pixels, planeAt(imageWeightAt)).count
  }
  if (quality.variance !== undefined) {
    await readPartner(quality.variance, 'float32', planeAt(imageVarianceAt))
    const { count: masked, negativeAt } = maskByPlane(pixels, planeAt(imageVarianceAt))
    if (negativeAt !== undefined) throw negative(quality.variance, negativeAt, width)
    maskedPixels += masked
    // Pixels that the variances leave out.
    if (quality.weight !== undefined) maskByPlane(pixels, planeAt(imageWeightAt))
  }
  const { wantsVariance, wantsWeight } = payload
  let noise: number | undefined
  if (quality.variance === undefined && (wantsVariance || (wantsWeight && quality.weight === undefined))) {
    const weights = quality.weight === undefined ? undefined : planeAt(imageWeightAt)
    const isScaled = weights !== undefined && payload.weightType === 'inverse-variance'
    const scale = isScaled ? 1 : pixelNoise(pixels, width, weights)
    if (!(scale > 0)) throw noNoise(image.name)
    if (weights === undefined) noise = scale
    if (imageVarianceAt !== 0) fillVariance(planeAt(imageVarianceAt), pixels, weights, scale)
  }
  // The inverse of given variances is the weight, where none is given.
  if (wantsWeight && quality.weight === undefined && quality.variance !== undefined) {
    const [weights, variances] = [planeAt(imageWeightAt), planeAt(imageVarianceAt)]
    for (let i = 0; i < count; i++) weights[i] = 1 / variances[i]!
  }
  const partners: PartnerResult[] = []
  for (const kind of PARTNER_KINDS) {
    const partner = quality[kind]
    if (partner !== undefined)
      partners.push({ kind, name: partner.name, sha256: await sha256OfFile(partner.path) })
  }
  return { maskedPixels, noise, partners, constantWeight: noise === undefined ? 1 : 1 / noise ** 2 }
}

async function readPartner<Form extends 'float32' | 'native'>(
  partner: Partner,
  as: Form,
  into?: Float32Array,
): ReturnType<typeof readImage<Form>> {
  const file = await openFitsFile(partner.path, { blocking: true })
  try {
    const hdu = await file.hdu(partner.hdu)
    return await readImage(hdu, { as, ...(into === undefined ? {} : { into }) })
  } finally {
    await file.close()
  }
}

/** Variances of the image's pixels; NaN where it has no data. */
function fillVariance(
  variances: Float32Array,
  pixels: Float32Array,
  weights: Float32Array | undefined,
  scale: number,
): void {
  const square = scale * scale
  for (let i = 0; i < pixels.length; i++) {
    const isGood = Math.abs(pixels[i]!) < Infinity
    variances[i] = isGood ? (weights === undefined ? square : square / weights[i]!) : Number.NaN
  }
}

function negative(partner: Partner, index: number, width: number): MosaicError {
  return new MosaicError('MOSAIC_BAD_PARTNER', 'a variance is negative', {
    where: [
      partner.name,
      `HDU ${partner.hdu}`,
      `pixel ${(index % width) + 1}, ${Math.floor(index / width) + 1}`,
    ],
    allowed: 'positive numbers; 0 or NaN for pixels that do not count',
    remedy: 'give variances, not weights or residuals, to --variance',
  })
}

function noNoise(name: string): MosaicError {
  return new MosaicError('MOSAIC_BAD_PARTNER', 'the noise of the image cannot be measured', {
    where: [name],
    found: 'no differences between neighbours, or too few pixels with data',
    remedy: 'give its variances with --variance, or weights with --weight and --weight-type inverse-variance',
  })
}
