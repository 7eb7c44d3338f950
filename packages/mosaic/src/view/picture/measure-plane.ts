import { MosaicError } from '../../errors.ts'
import { type CumulativeHistogram, histogramCounter, NO_VALUES, widenExtent } from '../stretch/histogram.ts'
import { type PlaneRows, stripRowCount } from './plane-rows.ts'

/**
 * Histogram of a plane, in two passes over its rows: range, then counts.
 *
 * @throws MosaicError `MOSAIC_NO_PICTURE` when no pixel has a value
 */
export async function measurePlane(plane: PlaneRows): Promise<CumulativeHistogram> {
  const step = stripRowCount(plane)
  let extent = NO_VALUES
  for (let row = 0; row < plane.height; row += step)
    extent = widenExtent(extent, await plane.read(row, Math.min(step, plane.height - row)))
  const counter = histogramCounter(extent)
  if (counter === undefined)
    throw new MosaicError('MOSAIC_NO_PICTURE', 'Image contains no non-blank pixels.', {
      remedy: 'choose another image, HDU or plane',
    })
  for (let row = 0; row < plane.height; row += step)
    counter.add(await plane.read(row, Math.min(step, plane.height - row)))
  return counter.finish()
}
