import type { FitField } from '@skyloom/mosaic'
import { integerArgument, type ModuleCall, optionValue } from '../command/module.ts'

/**
 * The value of `-b`: pixels along each side that a fit leaves out.
 *
 * @throws MontageError `MONTAGE_BAD_ARGUMENT`
 */
export function borderArgument(call: ModuleCall): number {
  const border = optionValue(call, 'b')
  if (border === undefined) return 0
  return integerArgument(border, `Argument to -b (${border}) cannot be interpreted as an integer`)
}

/** What the values of a fit mean, for manual pages. */
export const FIT_RETURNS: Readonly<Record<FitField, string>> = {
  a: 'Slope along x of the plane `a x + b y + c`, data units per pixel; `x = col - crpix1`, `y = row - crpix2`, `col` and `row` from 0.',
  b: 'Slope along y.',
  c: 'Value at x = y = 0.',
  crpix1: 'Reference pixel of the image.',
  crpix2: 'Reference pixel of the image.',
  xmin: 'Least x of the pixels of the last fit.',
  xmax: 'Largest x.',
  ymin: 'Least y.',
  ymax: 'Largest y.',
  xcenter: 'Mean x of the pixels of the last fit.',
  ycenter: 'Mean y.',
  npixel: 'Pixels within twice the last rms of the plane.',
  rms: 'Root mean square of their residuals.',
  boxx: 'Centre of the smallest rectangle around all pixels with data.',
  boxy: 'Centre of the rectangle.',
  boxwidth: 'Its width, pixels.',
  boxheight: 'Its height, pixels.',
  boxang: 'Its angle, degrees.',
}
