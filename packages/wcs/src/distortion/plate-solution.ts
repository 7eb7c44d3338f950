import type { PlaneMap } from './plane-map.ts'

/** The plate solution of a Digitized Sky Survey image. */
export interface PlateSolution {
  readonly kind: 'plate'
  /** Plate pixel of the image's pixel 0 (CNPIX1, CNPIX2). */
  readonly corner: readonly [number, number]
  /** Size of a pixel in micrometres (XPIXELSZ, YPIXELSZ). */
  readonly pixelSizeUm: readonly [number, number]
  /** Centre of the plate in micrometres (PPO3, PPO6). */
  readonly centreUm: readonly [number, number]
  /** AMDX1 to AMDX13 and AMDY1 to AMDY13, arcseconds. */
  readonly amdX: readonly number[]
  readonly amdY: readonly number[]
}

/** Number of coefficients of each axis; those beyond depend on magnitude and colour and are not used. */
export const PLATE_COEFFICIENT_COUNT = 13

/**
 * The map of FITS pixels to standard coordinates (xi, eta in degrees of the gnomonic projection about the plate's centre).
 *
 * With x, y in millimetres from the plate's centre (x grows against the pixels):
 * xi = a1 x + a2 y + a3 + a4 x^2 + a5 xy + a6 y^2 + a7 (x^2 + y^2) + a8 x^3 + a9 x^2 y + a10 x y^2 + a11 y^3
 * + a12 x (x^2 + y^2) + a13 x (x^2 + y^2)^2 arcseconds, and eta the same with x and y exchanged.
 *
 * Source: Space Telescope Science Institute, "GetImage" manual, appendix on astrometry; Paper II does not cover it.
 */
export function plateMap(plate: PlateSolution): PlaneMap {
  const [cornerX, cornerY] = plate.corner
  const [sizeX, sizeY] = plate.pixelSizeUm
  const [centreX, centreY] = plate.centreUm
  const xi = plateAxis(plate.amdX)
  const eta = plateAxis(plate.amdY)
  const part = new Float64Array(3)
  return {
    evaluate: (fitsX, fitsY, out) => {
      const x = (centreX - sizeX * (fitsX + cornerX - 0.5)) / 1000
      const y = (sizeY * (fitsY + cornerY - 0.5) - centreY) / 1000
      const dx = -sizeX / 1000 / 3600
      const dy = sizeY / 1000 / 3600
      xi(x, y, part)
      out[0] = part[0]! / 3600
      out[2] = part[1]! * dx
      out[3] = part[2]! * dy
      eta(y, x, part)
      out[1] = part[0]! / 3600
      out[4] = part[2]! * dx
      out[5] = part[1]! * dy
    },
  }
}

/** Value, d/dx and d/dy of one axis, where x is the axis' own coordinate. */
function plateAxis(amd: readonly number[]): (x: number, y: number, out: Float64Array) => void {
  const [
    a1 = 0,
    a2 = 0,
    a3 = 0,
    a4 = 0,
    a5 = 0,
    a6 = 0,
    a7 = 0,
    a8 = 0,
    a9 = 0,
    a10 = 0,
    a11 = 0,
    a12 = 0,
    a13 = 0,
  ] = amd
  return (x, y, out) => {
    const r2 = x * x + y * y
    out[0] =
      a1 * x +
      a2 * y +
      a3 +
      a4 * x * x +
      a5 * x * y +
      a6 * y * y +
      a7 * r2 +
      a8 * x * x * x +
      a9 * x * x * y +
      a10 * x * y * y +
      a11 * y * y * y +
      a12 * x * r2 +
      a13 * x * r2 * r2
    out[1] =
      a1 +
      2 * a4 * x +
      a5 * y +
      2 * a7 * x +
      3 * a8 * x * x +
      2 * a9 * x * y +
      a10 * y * y +
      a12 * (r2 + 2 * x * x) +
      a13 * r2 * (r2 + 4 * x * x)
    out[2] =
      a2 +
      a5 * x +
      2 * a6 * y +
      2 * a7 * y +
      a9 * x * x +
      2 * a10 * x * y +
      3 * a11 * y * y +
      2 * a12 * x * y +
      4 * a13 * x * y * r2
  }
}
