import { pixelToSky, type SkyPosition, wcsFromKeywords } from '@skyloom/wcs'

/**
 * The corners of a box on the plane that touches the sky at its centre (gnomonic projection).
 *
 * @param sizeDeg sides in degrees on the plane
 * @param rotationDeg the sides are turned by it as an image with this CROTA2 is
 * @returns the corners in the frame of the centre, in order around the box
 */
export function boxCorners(
  centre: SkyPosition,
  sizeDeg: { readonly width: number; readonly height: number },
  rotationDeg: number = 0,
): readonly SkyPosition[] {
  const cards = new Map<string, string | number>([
    ['CTYPE1', 'RA---TAN'],
    ['CTYPE2', 'DEC--TAN'],
    ['CRVAL1', centre.lonDeg],
    ['CRVAL2', centre.latDeg],
    ['CRPIX1', 0],
    ['CRPIX2', 0],
    ['CDELT1', -sizeDeg.width],
    ['CDELT2', sizeDeg.height],
    ['CROTA2', rotationDeg],
  ])
  const wcs = wcsFromKeywords((keyword) => cards.get(keyword), { name: 'box' })
  const corners = [
    [-0.5, -0.5],
    [0.5, -0.5],
    [0.5, 0.5],
    [-0.5, 0.5],
  ] as const
  return corners.map(([x, y]) => pixelToSky(wcs, x, y) ?? centre)
}
