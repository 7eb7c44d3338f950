import type { Header } from '@skyloom/fits'
import { MontageError } from '../errors.ts'
import { uncheckedWcs } from '../header/classic-wcs.ts'

/** Degrees by which reference points and matrices may differ. */
const TOLERANCE = 1e-8

/**
 * Demands that an image lies on the grid of the template.
 *
 * @throws MontageError `MONTAGE_BAD_HEADER` with the keyword that differs
 */
export function checkAgainstTemplate(image: Header, template: Header, name: string): void {
  const own = uncheckedWcs(image, name).wcs
  const wanted = uncheckedWcs(template, 'template').wcs
  const isCar = wanted.projection === 'CAR'
  const differs = (a: number, b: number): boolean => Math.abs(a - b) > TOLERANCE
  const keyword =
    own.ctype[0] !== wanted.ctype[0]
      ? 'CTYPE1'
      : own.ctype[1] !== wanted.ctype[1]
        ? 'CTYPE2'
        : differs(own.crval[0], wanted.crval[0]) && !isCar
          ? 'CRVAL1'
          : differs(own.crval[1], wanted.crval[1])
            ? 'CRVAL2'
            : own.cd.some((value, index) => differs(value, wanted.cd[index] ?? 0))
              ? 'CD/CDELT'
              : (own.frame.equinoxYear ?? 0) !== (wanted.frame.equinoxYear ?? 0)
                ? 'EQUINOX'
                : undefined
  if (keyword === undefined) return
  throw new MontageError('MONTAGE_BAD_HEADER', `Image ${name} header ${keyword} does not match template`, {
    where: [name],
    remedy: 'project the image onto the template first',
  })
}
