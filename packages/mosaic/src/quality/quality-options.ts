/** What the numbers of a weight image are: proportional to the inverse variance of the pixels, or the inverse variance itself. */
export const WEIGHT_TYPES = ['relative', 'inverse-variance'] as const

/** One of {@link WEIGHT_TYPES}. */
export type WeightType = (typeof WEIGHT_TYPES)[number]

/** Which pixels of the images are good and how good they are. */
export interface QualityOptions {
  /** Weight image of each image, a pattern as `partnerPlace` reads it; pixels whose weight is not above 0 do not count. */
  readonly weight?: string | undefined
  /** Default `relative`: the scale is found from the noise of the image. */
  readonly weightType?: WeightType | undefined
  /** Variance image of each image, likewise; unit: that of the pixels squared. Pixels whose variance is 0 or NaN do not count. */
  readonly variance?: string | undefined
  /** Mask of each image, likewise; pixels other than 0 do not count. */
  readonly mask?: string | undefined
  /** Bits of the mask that make a pixel bad, 0 to 2^32 - 1; default all. */
  readonly maskBits?: number | undefined
  /** Values from here on do not count; a keyword stands for its number in the header of each image. */
  readonly saturation?: number | string | undefined
  /** Values that stand for "no data". */
  readonly badValues?: readonly number[] | undefined
}

/** Kinds of images that go with an image. */
export const PARTNER_KINDS = ['weight', 'variance', 'mask'] as const

/** One of {@link PARTNER_KINDS}. */
export type PartnerKind = (typeof PARTNER_KINDS)[number]

/** An image that goes with another. */
export interface Partner {
  readonly path: string
  /** Name for messages and products. */
  readonly name: string
  readonly hdu: number
}

/** What is known of the pixels of one image beside their values. */
export interface ImageQuality extends Partial<Readonly<Record<PartnerKind, Partner>>> {
  /** Values from here on do not count. */
  readonly saturation?: number
}
