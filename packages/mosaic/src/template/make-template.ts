import { Header } from '@skyloom/fits'
import {
  type CelestialFrame,
  frameConverter,
  pixelToSky,
  type SkyPosition,
  sameFrame,
  skyToPixel,
  type Wcs,
  wcsFromKeywords,
} from '@skyloom/wcs'
import { MosaicError } from '../errors.ts'
import { convexHull, smallestBox } from '../geometry/hull.ts'
import { type Template, templateFromHeader } from './template.ts'

/** The pixel grid that is wanted; what is left out follows from the images. */
export interface TemplateOptions {
  /** Centre, degrees in `frame`; default: the middle of the images. */
  readonly centre?: SkyPosition
  /** Width and height, degrees; default: as large as the images need. Goes with `centre`. */
  readonly sizeDeg?: { readonly width: number; readonly height: number }
  /** Pixel side, degrees; default: the smallest of the images'. */
  readonly scaleDeg?: number
  /** Projection code of Paper II; default TAN, or the whole sky in AIT when the images lie too far apart for it. */
  readonly projection?: string
  /** Frame of the mosaic; default: that of the images when all share one, else ICRS. */
  readonly frame?: CelestialFrame
  /** Position angle of the rows' normal, degrees east of north, or `fit` for the smallest rectangle; default 0, north up. */
  readonly rotation?: number | 'fit'
}

/** What a template is made from. */
export interface TemplateImage {
  readonly wcs: Wcs
  readonly width: number
  readonly height: number
}

/** Points along each side of an image that the template must enclose, corners included. */
const POINTS_PER_SIDE = 9
/** Images farther than this from their middle do not fit on one tangent plane. */
const MAX_TANGENT_DEG = 60
/** The middle is refined so often; each round takes away nearly all of the remaining offset. */
const CENTRING_ROUNDS = 4
/** Rounding may leave a point this far, in pixels, outside; the template is not enlarged for that. */
const ROUNDING_PIXELS = 1e-6

/**
 * A template that bounds the images, or the one that the options ask for.
 *
 * @throws MosaicError `MOSAIC_BAD_TEMPLATE` for options that cannot be met
 */
export function makeTemplate(images: readonly TemplateImage[], options: TemplateOptions = {}): Template {
  const frame = options.frame ?? commonFrame(images)
  const scaleDeg = options.scaleDeg ?? smallestScale(images)
  if (!(scaleDeg > 0 && scaleDeg <= 90)) {
    throw badTemplate(
      'the pixel scale must be positive',
      `${scaleDeg} degrees`,
      'above 0, at most 90 degrees',
    )
  }
  if (options.centre !== undefined && options.sizeDeg !== undefined) {
    return sizedTemplate(options.centre, options.sizeDeg, scaleDeg, frame, options)
  }
  const points = boundaryPoints(images, frame)
  return boundingTemplate(points, scaleDeg, frame, options)
}

function sizedTemplate(
  centre: SkyPosition,
  sizeDeg: { readonly width: number; readonly height: number },
  scaleDeg: number,
  frame: CelestialFrame,
  options: TemplateOptions,
): Template {
  const width = Math.max(1, Math.ceil(sizeDeg.width / scaleDeg - ROUNDING_PIXELS))
  const height = Math.max(1, Math.ceil(sizeDeg.height / scaleDeg - ROUNDING_PIXELS))
  if (!Number.isFinite(width + height) || sizeDeg.width <= 0 || sizeDeg.height <= 0) {
    throw badTemplate(
      'the size must be positive',
      `${sizeDeg.width} x ${sizeDeg.height} degrees`,
      'degrees above 0',
    )
  }
  const rotationDeg = options.rotation === 'fit' ? 0 : (options.rotation ?? 0)
  const grid = { projection: options.projection ?? 'TAN', centre, scaleDeg, rotationDeg, frame }
  return templateFromHeader(gridHeader(grid, width, height, (width + 1) / 2, (height + 1) / 2), 'template')
}

function boundingTemplate(
  points: readonly SkyPosition[],
  scaleDeg: number,
  frame: CelestialFrame,
  options: TemplateOptions,
): Template {
  let centre = options.centre ?? meanDirection(points)
  const isWide = points.some((point) => distanceDeg(point, centre) > MAX_TANGENT_DEG)
  if (isWide && options.projection === undefined && options.centre === undefined)
    return allSkyTemplate(centre, scaleDeg, frame)
  const projection = options.projection ?? 'TAN'
  const turn = options.rotation ?? 0
  if (options.centre === undefined && !isWide) {
    for (let round = 0; round < CENTRING_ROUNDS; round++) {
      const trial = { projection, centre, scaleDeg, rotationDeg: turn === 'fit' ? 0 : turn, frame }
      centre = middleOf(points, trial) ?? centre
    }
  }
  const rotationDeg =
    turn === 'fit' ? fittingAngle(points, { projection, centre, scaleDeg, rotationDeg: 0, frame }) : turn
  const grid = { projection, centre, scaleDeg, rotationDeg, frame }
  const extent = extentOf(points, grid)
  const isCentred = options.centre !== undefined
  const halfWidth = Math.max(Math.abs(extent.left), Math.abs(extent.right))
  const halfHeight = Math.max(Math.abs(extent.bottom), Math.abs(extent.top))
  const width = sideOf(isCentred ? 2 * halfWidth : extent.right - extent.left)
  const height = sideOf(isCentred ? 2 * halfHeight : extent.top - extent.bottom)
  const middleX = isCentred ? 0 : (extent.left + extent.right) / 2
  const middleY = isCentred ? 0 : (extent.bottom + extent.top) / 2
  const crpix1 = roundedReference((width + 1) / 2 - middleX)
  const crpix2 = roundedReference((height + 1) / 2 - middleY)
  return templateFromHeader(gridHeader(grid, width, height, crpix1, crpix2), 'template')
}

/** Width of the whole sky in AIT, degrees of its plane: 4 sqrt(2) radians; it is half as high (Paper II, section 5.3.4). */
const AIT_WIDTH_DEG = (4 * Math.SQRT2 * 180) / Math.PI

/** The whole sky, with the middle of the images on its central meridian. The mosaic is trimmed to what they cover. */
function allSkyTemplate(middle: SkyPosition, scaleDeg: number, frame: CelestialFrame): Template {
  const centre = { lonDeg: middle.lonDeg, latDeg: 0 }
  const width = sideOf(AIT_WIDTH_DEG / scaleDeg)
  const height = sideOf(AIT_WIDTH_DEG / 2 / scaleDeg)
  const grid = { projection: 'AIT', centre, scaleDeg, rotationDeg: 0, frame }
  return templateFromHeader(gridHeader(grid, width, height, (width + 1) / 2, (height + 1) / 2), 'template')
}

/** Half pixels keep the header short; the template is enlarged by a pixel to make up for it. */
function roundedReference(value: number): number {
  return Math.round(2 * value) / 2
}

function sideOf(pixels: number): number {
  return Math.max(1, Math.ceil(pixels - ROUNDING_PIXELS) + 1)
}

/** A pixel grid without its size. */
interface Grid {
  readonly projection: string
  readonly centre: SkyPosition
  readonly scaleDeg: number
  readonly rotationDeg: number
  readonly frame: CelestialFrame
}

/** Digits that keep positions to a microarcsecond. */
const ANGLE_DIGITS = 12

function gridHeader(grid: Grid, width: number, height: number, crpix1: number, crpix2: number): Header {
  const header = new Header({ file: 'template' })
  const [lonName, latName] = axisNames(grid.frame)
  const round = (value: number): number => Number(value.toPrecision(ANGLE_DIGITS))
  header.set('NAXIS', 2).set('NAXIS1', width).set('NAXIS2', height)
  header.set('CTYPE1', `${lonName.padEnd(5 - 1, '-')}-${grid.projection}`)
  header.set('CTYPE2', `${latName.padEnd(5 - 1, '-')}-${grid.projection}`)
  header.setFloat('CRPIX1', crpix1).setFloat('CRPIX2', crpix2)
  header
    .setFloat('CRVAL1', round(grid.centre.lonDeg), '[deg]')
    .setFloat('CRVAL2', round(grid.centre.latDeg), '[deg]')
  header.setFloat('CDELT1', -round(grid.scaleDeg), '[deg]').setFloat('CDELT2', round(grid.scaleDeg), '[deg]')
  if (grid.rotationDeg !== 0) {
    // The picture is turned so that its upward direction lies `rotationDeg` east of north.
    const turn = (grid.rotationDeg * Math.PI) / 180
    header.setFloat('PC1_1', round(Math.cos(turn))).setFloat('PC1_2', round(-Math.sin(turn)))
    header.setFloat('PC2_1', round(Math.sin(turn))).setFloat('PC2_2', round(Math.cos(turn)))
  }
  header.set('CUNIT1', 'deg').set('CUNIT2', 'deg')
  setFrame(header, grid.frame)
  return header
}

function axisNames(frame: CelestialFrame): readonly [string, string] {
  if (frame.system === 'galactic') return ['GLON', 'GLAT']
  if (frame.system === 'supergalactic') return ['SLON', 'SLAT']
  if (frame.system === 'ecliptic' || frame.system === 'ecliptic-b') return ['ELON', 'ELAT']
  return ['RA', 'DEC']
}

function setFrame(header: Header, frame: CelestialFrame): void {
  const { system } = frame
  const names = new Map([
    ['icrs', 'ICRS'],
    ['fk5', 'FK5'],
    ['fk4', 'FK4'],
    ['fk4-no-e', 'FK4-NO-E'],
  ])
  const radesys = names.get(system)
  if (radesys !== undefined) header.set('RADESYS', radesys)
  if (system === 'galactic' || system === 'supergalactic') return
  const isBesselian = system === 'fk4' || system === 'fk4-no-e' || system === 'ecliptic-b'
  header.setFloat('EQUINOX', frame.equinoxYear ?? (isBesselian ? 1950 : 2000))
}

function gridWcs(grid: Grid): Wcs {
  const header = gridHeader(grid, 1, 1, 0, 0)
  return wcsFromKeywords((keyword) => {
    const value = header.get(keyword)
    return typeof value === 'object' ? undefined : value
  })
}

interface Extent {
  readonly left: number
  readonly right: number
  readonly bottom: number
  readonly top: number
}

/** Extent of the points in pixels about the grid's centre. */
function extentOf(points: readonly SkyPosition[], grid: Grid): Extent {
  const wcs = gridWcs(grid)
  let [left, right, bottom, top] = [Infinity, -Infinity, Infinity, -Infinity]
  for (const { lonDeg, latDeg } of points) {
    const pixel = skyToPixel(wcs, lonDeg, latDeg)
    if (pixel === undefined) {
      throw badTemplate(
        `the images reach places of the sky that a ${grid.projection} projection about their middle does not show`,
        `longitude ${lonDeg.toFixed(4)}, latitude ${latDeg.toFixed(4)}`,
        undefined,
        'choose a projection of the whole sky such as AIT, or a smaller area with --center and --size',
      )
    }
    left = Math.min(left, pixel.fitsX)
    right = Math.max(right, pixel.fitsX)
    bottom = Math.min(bottom, pixel.fitsY)
    top = Math.max(top, pixel.fitsY)
  }
  return { left, right, bottom, top }
}

function middleOf(points: readonly SkyPosition[], grid: Grid): SkyPosition | undefined {
  const { left, right, bottom, top } = extentOf(points, grid)
  return pixelToSky(gridWcs(grid), (left + right) / 2, (bottom + top) / 2)
}

/** Turn that makes the rectangle around the points smallest, folded into (-45, 45] degrees. */
function fittingAngle(points: readonly SkyPosition[], grid: Grid): number {
  const wcs = gridWcs(grid)
  const pixels = points.flatMap(({ lonDeg, latDeg }) => {
    const pixel = skyToPixel(wcs, lonDeg, latDeg)
    return pixel === undefined ? [] : [{ x: pixel.fitsX, y: pixel.fitsY }]
  })
  const box = smallestBox(convexHull(pixels))
  if (box === undefined) return 0
  const folded = box.angleDeg - 90 * Math.round(box.angleDeg / 90)
  return folded
}

/**
 * Points on the borders of the images, degrees in `frame`; of images whose border leaves the sky, points all over them.
 */
function boundaryPoints(images: readonly TemplateImage[], frame: CelestialFrame): readonly SkyPosition[] {
  return images.flatMap((image) => {
    const converter = frameConverter(image.wcs.frame, frame)
    const place = (pixels: readonly (readonly [number, number])[]): SkyPosition[] =>
      pixels.flatMap(([fitsX, fitsY]) => {
        const sky = pixelToSky(image.wcs, fitsX, fitsY)
        return sky === undefined ? [] : [converter.convert(sky.lonDeg, sky.latDeg)]
      })
    const border = borderPixels(image)
    const onSky = place(border)
    return onSky.length === border.length ? onSky : place(gridPixels(image))
  })
}

/** Points along each axis of an image whose border leaves the sky. */
const GRID_POINTS = 65

function gridPixels({ width, height }: TemplateImage): readonly (readonly [number, number])[] {
  const fractions = Array.from({ length: GRID_POINTS }, (_, i) => i / (GRID_POINTS - 1))
  return fractions.flatMap((fx) => fractions.map((fy) => [0.5 + width * fx, 0.5 + height * fy] as const))
}

function borderPixels({ width, height }: TemplateImage): readonly (readonly [number, number])[] {
  const pixels: [number, number][] = []
  for (let i = 0; i < POINTS_PER_SIDE; i++) {
    const fraction = i / (POINTS_PER_SIDE - 1)
    const fitsX = 0.5 + width * fraction
    const fitsY = 0.5 + height * fraction
    pixels.push([fitsX, 0.5], [fitsX, height + 0.5], [0.5, fitsY], [width + 0.5, fitsY])
  }
  return pixels
}

function smallestScale(images: readonly TemplateImage[]): number {
  return images.reduce((least, { wcs }) => {
    const [a, b, c, d] = wcs.cd
    return Math.min(least, Math.hypot(a, c), Math.hypot(b, d))
  }, Infinity)
}

/** The frame that all images share, else ICRS. */
function commonFrame(images: readonly TemplateImage[]): CelestialFrame {
  const first = images[0]?.wcs.frame
  return first !== undefined && images.every(({ wcs }) => sameFrame(wcs.frame, first))
    ? first
    : { system: 'icrs' }
}

function direction({ lonDeg, latDeg }: SkyPosition): readonly [number, number, number] {
  const lon = (lonDeg * Math.PI) / 180
  const lat = (latDeg * Math.PI) / 180
  return [Math.cos(lat) * Math.cos(lon), Math.cos(lat) * Math.sin(lon), Math.sin(lat)]
}

function meanDirection(points: readonly SkyPosition[]): SkyPosition {
  const sum = points
    .map(direction)
    .reduce<readonly [number, number, number]>(
      (total, v) => [total[0] + v[0], total[1] + v[1], total[2] + v[2]],
      [0, 0, 0],
    )
  const [x, y, z] = sum
  const lonDeg = ((Math.atan2(y, x) * 180) / Math.PI + 360) % 360
  return { lonDeg, latDeg: (Math.atan2(z, Math.hypot(x, y)) * 180) / Math.PI }
}

function distanceDeg(p: SkyPosition, q: SkyPosition): number {
  const a = direction(p)
  const b = direction(q)
  const chord = Math.hypot(a[0] - b[0], a[1] - b[1], a[2] - b[2])
  return (2 * Math.asin(Math.min(1, chord / 2)) * 180) / Math.PI
}

function badTemplate(problem: string, found: string, allowed?: string, remedy?: string): MosaicError {
  return new MosaicError('MOSAIC_BAD_TEMPLATE', problem, {
    where: ['template'],
    found,
    ...(allowed === undefined ? {} : { allowed }),
    ...(remedy === undefined ? {} : { remedy }),
  })
}
