import type { OverlapFit } from '../background/reject.ts'
import type { PlaneFit } from '../difference/fit-plane.ts'
import type { FitRow } from '../difference/fit-table.ts'
import { fitValues } from '../difference/fit-values.ts'
import type { OverlapRow } from '../overlap/overlap-table.ts'
import type { Region } from '../region.ts'

/** One fitted pair with the window of its difference on the template. */
export interface FittedPair extends OverlapFit {
  readonly fit: PlaneFit
  readonly window: Region
}

/** Rows of `diffs.tbl`: the pairs of overlapping images, which are named by their places in the list of images. */
export function overlapRows(
  names: readonly string[],
  pairs: readonly { readonly plus: number; readonly minus: number }[],
): readonly OverlapRow[] {
  return pairs.map(({ plus, minus }) => ({
    cntr1: plus,
    cntr2: minus,
    plus: names[plus] ?? '',
    minus: names[minus] ?? '',
  }))
}

/**
 * Rows of `fits.tbl`: the fitted planes.
 *
 * @param crpix reference pixel of the template; the table gives that of each difference image
 */
export function fitRows(
  fits: readonly FittedPair[],
  crpix: { readonly fitsX: number; readonly fitsY: number },
): readonly FitRow[] {
  return fits.map(({ plus, minus, fit, window }) => {
    const own = { fitsX: crpix.fitsX - window.col, fitsY: crpix.fitsY - window.row }
    return { plus, minus, values: fitValues(fit, own) }
  })
}
