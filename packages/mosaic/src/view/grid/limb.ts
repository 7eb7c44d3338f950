import { pixelToSky } from '@skyloom/wcs'
import { type SkyView, toPicture } from '../sky/sky-view.ts'

/** Directions in which the limb is looked for. */
const RAYS = 1440
/** The limb is found within this, pixels. */
const TOLERANCE_PIXELS = 0.02

/**
 * The edge of the sky on a picture that shows it, as the ellipse of an Aitoff map or the disc of a hemisphere: seen from the
 * reference pixel, the place in each direction where the projection ends.
 *
 * @returns x and y of each point in turn; several lines where the edge of the picture cuts it
 */
export function skyLimb(view: SkyView): Float64Array[] {
  const [centreX, centreY] = view.wcs.crpix
  const reach = Math.hypot(view.width, view.height) + Math.hypot(centreX, centreY)
  const hasSky = (angle: number, radius: number): boolean =>
    pixelToSky(view.wcs, centreX + radius * Math.cos(angle), centreY + radius * Math.sin(angle)) !== undefined
  const lines: number[][] = [[]]
  for (let ray = 0; ray <= RAYS; ray++) {
    const angle = (2 * Math.PI * ray) / RAYS
    if (hasSky(angle, reach) || !hasSky(angle, 0)) {
      lines.push([])
      continue
    }
    let [low, high] = [0, reach]
    while (high - low > TOLERANCE_PIXELS) {
      const middle = (low + high) / 2
      if (hasSky(angle, middle)) low = middle
      else high = middle
    }
    const place = toPicture(view, centreX + low * Math.cos(angle), centreY + low * Math.sin(angle))
    lines.at(-1)?.push(place.x, place.y)
  }
  return lines.filter(({ length }) => length > 2).map((line) => Float64Array.from(line))
}
