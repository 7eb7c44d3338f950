/**
 * Ways to reproject: `area` and `planar` weight the pixels of the image by their overlap with the template's pixel, in the plane of the
 * image or in that of the template; `drizzle` does so with footprints that may be smaller than the pixels; the others interpolate at the
 * centre of the template's pixel.
 */
export const PROJECT_METHODS = [
  'area',
  'planar',
  'drizzle',
  'nearest',
  'bilinear',
  'bicubic',
  'lanczos2',
  'lanczos3',
  'lanczos4',
] as const
/** One of {@link PROJECT_METHODS}. */
export type ProjectMethod = (typeof PROJECT_METHODS)[number]

/** What the values of pixels mean and so what reprojection keeps; `auto` goes by BUNIT. */
export const CONSERVED = ['auto', 'brightness', 'flux'] as const
/** One of {@link CONSERVED}. */
export type Conserved = (typeof CONSERVED)[number]

/**
 * True when values are flux per pixel: when asked for, or with `auto` when the unit says so (`Jy/pixel`, `adu pix-1`). A unit that says
 * nothing of the kind (`DN`, none) is taken for surface brightness, as the classic programs take all.
 */
export function isFluxPerPixel(conserved: Conserved, unit: unknown): boolean {
  if (conserved !== 'auto') return conserved === 'flux'
  return typeof unit === 'string' && /(?:\/\s*pix(?:el)?\b|\bpix(?:el)?\s*(?:\*\*|\^)?\s*\(?-1)/i.test(unit)
}
