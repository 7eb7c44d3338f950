import { addRegionRows, NO_STATISTICS, type PixelExtreme, rmsOf } from '@skyloom/mosaic'
import { pathExists } from '../command/files.ts'
import { DEBUG_OPTION } from '../command/manual.ts'
import {
  defineModule,
  hasOption,
  hduArgument,
  type ModuleCall,
  type MontageModule,
  namedReal,
  operand,
  optionValues,
  type Place,
  usageError,
} from '../command/module.ts'
import type { FieldFormat } from '../command/status-line.ts'
import { MontageError } from '../errors.ts'
import { pixelJ2000 } from '../header/classic-wcs.ts'
import { parseImageName } from '../image/image-name.ts'
import { readPart, stripRowsOf } from '../image/read-part.ts'
import { type ExaminedImage, openExamined, pixelOf } from './examined-image.ts'
import { GEOMETRY_FIELDS, type ImageGeometry, imageGeometry } from './image-geometry.ts'
import { measureAt } from './measure-at.ts'

/** Where {@link mExamine} looks: a circle, or a source that is measured. J2000 and degrees. */
export type ExaminedPlace =
  | { readonly kind: 'circle'; readonly ra: number; readonly dec: number; readonly radius: number }
  /** The source is sought within `radius`; default five pixels. */
  | { readonly kind: 'source'; readonly ra: number; readonly dec: number; readonly radius?: number }

/** Input of {@link mExamine}. */
export interface ExamineInput {
  readonly image: string
  readonly hdu?: number
  /** Planes of the third and further axes, from 1; default the first. */
  readonly planes?: readonly number[]
  /** Default: the whole image. */
  readonly place?: ExaminedPlace
}

/** Statistics of a circle; a value is NaN where there are no data. */
export interface ExaminedPixels {
  readonly radius: number
  readonly radpix: number
  readonly npixel: number
  readonly nnull: number
  readonly aveflux: number
  readonly rmsflux: number
  readonly fluxref: number
  readonly sigmaref: number
  readonly xref: number
  readonly yref: number
  readonly raref: number
  readonly decref: number
  readonly fluxmin: number
  readonly sigmamin: number
  readonly xmin: number
  readonly ymin: number
  readonly ramin: number
  readonly decmin: number
  readonly fluxmax: number
  readonly sigmamax: number
  readonly xmax: number
  readonly ymax: number
  readonly ramax: number
  readonly decmax: number
}

/** Result of {@link mExamine}: geometry, then the statistics or the flux of a source. */
export interface ExamineResult extends ImageGeometry, Partial<ExaminedPixels> {
  /** Sum over the source above the sky, in units of the image. */
  readonly totalflux?: number
}

/**
 * Tells the geometry of an image and the statistics of its pixels, or the flux of a source.
 *
 * Mean and scatter are those of the box around the circle, as in Montage; smallest and largest pixel those of the circle.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_IMAGE`, `MONTAGE_BAD_HEADER`, `MONTAGE_NO_RESULT` for a place off the image or, in
 *   place of a flux, without a source
 */
export async function mExamine(input: ExamineInput, place: Place = {}): Promise<ExamineResult> {
  const { image } = input
  const problem = `Cannot open FITS file ${image}`
  if (!(await pathExists(place, image)))
    throw new MontageError('MONTAGE_NO_FILE', problem, { where: [image] })
  const examined = await openExamined(place, image, input.hdu ?? 0, input.planes ?? [], problem)
  try {
    const geometry = imageGeometry(examined)
    if (input.place?.kind === 'source') {
      const { flux } = await measureAt(examined, input.place)
      return { ...geometry, totalflux: flux }
    }
    return { ...geometry, ...(await statistics(examined, input.place)) }
  } finally {
    await examined.opened.file.close()
  }
}

async function statistics(
  examined: ExaminedImage,
  wanted: (ExaminedPlace & { readonly kind: 'circle' }) | undefined,
): Promise<ExaminedPixels> {
  const { opened, name, plane, scale } = examined
  const { width, height } = opened
  const degreesPerPixel = Math.abs(scale.cdelt2)
  const radius = wanted?.radius ?? (Math.hypot(width, height) / 2) * degreesPerPixel
  const radpix = radius / degreesPerPixel
  const centre =
    wanted === undefined ? { fitsX: (width + 1) / 2, fitsY: (height + 1) / 2 } : pixelOf(examined, wanted)
  const isWhole = wanted === undefined
  const reference = (coordinate: number): number => Math.floor(isWhole ? coordinate : coordinate + 0.5)
  const xref = reference(centre.fitsX)
  const yref = reference(centre.fitsY)
  const region = isWhole ? { col: 0, row: 0, width, height } : boxAround(xref, yref, radpix)
  const circle = { ...centre, radius: radpix }
  let gathered = NO_STATISTICS
  const stripRows = stripRowsOf(width)
  const end = Math.min(height, region.row + region.height)
  for (let row = Math.max(0, region.row); row < end; row += stripRows) {
    const part = { col: 0, row, width, height: Math.min(stripRows, end - row) }
    gathered = addRegionRows(gathered, await readPart(opened, name, part, plane), row, region, circle)
  }
  const isOnImage = xref >= 1 && xref <= width && yref >= 1 && yref <= height
  const spot = { col: xref - 1, row: yref - 1, width: isOnImage ? 1 : 0, height: 1 }
  const fluxref = (await readPart(opened, name, spot, plane)).data[0] ?? Number.NaN
  const rms = rmsOf(gathered)
  const sigma = (flux: number): number => (flux - gathered.mean) / rms
  const raref = skyOf(examined, xref, yref)
  const min = extremeOf(examined, gathered.min)
  const max = extremeOf(examined, gathered.max)
  return {
    radius,
    radpix,
    npixel: gathered.count,
    nnull: gathered.nullCount,
    aveflux: gathered.mean,
    rmsflux: rms,
    fluxref,
    sigmaref: sigma(fluxref),
    xref,
    yref,
    raref: raref.lonDeg,
    decref: raref.latDeg,
    fluxmin: min.value,
    sigmamin: sigma(min.value),
    xmin: min.fitsX,
    ymin: min.fitsY,
    ramin: min.lonDeg,
    decmin: min.latDeg,
    fluxmax: max.value,
    sigmamax: sigma(max.value),
    xmax: max.fitsX,
    ymax: max.fitsY,
    ramax: max.lonDeg,
    decmax: max.latDeg,
  }
}

/** The box of Montage around a circle: from the nearest pixel one radius and one pixel on all sides, truncated. */
function boxAround(x: number, y: number, radius: number): Parameters<typeof addRegionRows>[3] {
  const first = (at: number): number => Math.floor(at - radius - 1) - 1
  const end = (at: number): number => Math.floor(at + radius + 1)
  return { col: first(x), row: first(y), width: end(x) - first(x), height: end(y) - first(y) }
}

interface Spot {
  readonly lonDeg: number
  readonly latDeg: number
}

const NOWHERE: Spot = { lonDeg: Number.NaN, latDeg: Number.NaN }

function skyOf({ sky }: ExaminedImage, fitsX: number, fitsY: number): Spot {
  return pixelJ2000(sky, fitsX, fitsY) ?? NOWHERE
}

function extremeOf(examined: ExaminedImage, pixel: PixelExtreme | undefined): PixelExtreme & Spot {
  const { fitsX, fitsY, value } = pixel ?? { fitsX: Number.NaN, fitsY: Number.NaN, value: Number.NaN }
  return { fitsX, fitsY, value, ...(pixel === undefined ? NOWHERE : skyOf(examined, fitsX, fitsY)) }
}

function readCall(call: ModuleCall): ExamineInput {
  const [circle] = optionValues(call, 'p')
  const [source] = optionValues(call, 'a')
  const hasRadius = source !== undefined && call.operands.length === 2
  if (call.operands.length === 2 && !hasRadius) throw usageError()
  const { path: image, hdu: named, planes } = parseImageName(operand(call, hasRadius ? 1 : 0))
  const hdu = hasOption(call, 'h') ? hduArgument(call) : named
  const base = { image, hdu, planes }
  const sized = (radius: number): number => {
    if (radius > 0) return radius
    throw new MontageError('MONTAGE_BAD_ARGUMENT', `Radius (${radius}) must be a positive number`, {
      allowed: 'degrees above 0',
    })
  }
  if (circle !== undefined) {
    const [ra, dec, radius] = circle
    const place = {
      kind: 'circle' as const,
      ra: namedReal(ra, 'RA'),
      dec: namedReal(dec, 'Dec'),
      radius: sized(namedReal(radius, 'Radius')),
    }
    return { ...base, place }
  }
  if (source === undefined) return base
  const place = { kind: 'source' as const, ra: namedReal(source[0], 'RA'), dec: namedReal(source[1], 'Dec') }
  return hasRadius
    ? { ...base, place: { ...place, radius: sized(namedReal(operand(call, 0), 'Radius')) } }
    : { ...base, place }
}

const PIXEL_FIELDS: readonly (readonly [keyof ExaminedPixels, FieldFormat])[] = [
  ['radius', 'f7'],
  ['radpix', 'f2'],
  ['npixel', 'd'],
  ['nnull', 'd'],
  ['aveflux', 'g'],
  ['rmsflux', 'g'],
  ['fluxref', 'g'],
  ['sigmaref', 'g'],
  ['xref', 'f0'],
  ['yref', 'f0'],
  ['raref', 'f7'],
  ['decref', 'f7'],
  ['fluxmin', 'g'],
  ['sigmamin', 'g'],
  ['xmin', 'f0'],
  ['ymin', 'f0'],
  ['ramin', 'f7'],
  ['decmin', 'f7'],
  ['fluxmax', 'g'],
  ['sigmamax', 'g'],
  ['xmax', 'f0'],
  ['ymax', 'f0'],
  ['ramax', 'f7'],
  ['decmax', 'f7'],
]

/** The module mExamine. */
export const examineModule: MontageModule = defineModule<ExamineInput, ExamineResult>({
  name: 'mExamine',
  summary: 'Tells the geometry of an image and the statistics of its pixels.',
  usage: 'mExamine [-d][-p ra dec radius | -a ra dec] image.fits',
  style: 'leading',
  options: ['d', 'p:3', 'a:2', 'h:'],
  operands: [1, 2],
  isNamed: true,
  fields: [...GEOMETRY_FIELDS, ...PIXEL_FIELDS, ['totalflux', 'e7']],
  manual: {
    description:
      'Tells projection, scale, centre and corners of an image, then the statistics of all pixels, of a circle (`-p`), or the flux of a source (`-a`). The flux is the sum over three Gaussian widths around the source, the level of the sky around it taken off.',
    options: [
      DEBUG_OPTION,
      ['-p ra dec radius', 'Statistics of a circle; J2000, all in degrees.'],
      [
        '-a ra dec',
        'Measure the source nearest to a position, J2000 degrees. It is the brightest pixel within five pixels, or within the radius in degrees that may follow.',
      ],
      ['-h hdu', 'HDU of the image, counted from 0, as in `image.fits[hdu]`.'],
    ],
    operands: [
      [
        'image.fits',
        'FITS image; `image.fits[hdu][plane3][plane4]` chooses an HDU, counted from 0, and planes, counted from 1.',
      ],
    ],
    synopsis: ['[-d] image.fits', '-p ra dec radius [-d] image.fits', '-a ra dec [radius] [-d] image.fits'],
    returns: {
      proj: 'Code of the projection.',
      csys: 'Coordinate system: `EQUJ`, `EQUB`, `GAL`, `SGAL`, `ECLJ`, `ECLB`.',
      equinox: 'Equinox, years.',
      naxis: 'Number of axes.',
      naxis1: 'Columns.',
      naxis2: 'Rows.',
      naxis3: 'Length of the third axis, if there is one.',
      naxis4: 'Length of the fourth axis, if there is one.',
      crval1: 'Reference value, degrees.',
      crval2: 'Reference value, degrees.',
      crpix1: 'Reference pixel.',
      crpix2: 'Reference pixel.',
      cdelt1: 'Increment along the columns, degrees.',
      cdelt2: 'Increment along the rows, degrees.',
      crota2: 'Rotation, degrees.',
      lonc: 'Longitude one pixel above the centre, in the system of the image, degrees.',
      latc: 'Latitude there.',
      ximgsize: 'Width: NAXIS1 times CDELT1, degrees.',
      yimgsize: 'NAXIS1 times CDELT2, as in Montage; the height only of square images.',
      rotequ: 'Rotation against equatorial north, degrees.',
      rac: 'Right ascension J2000 of the centre, degrees.',
      decc: 'Declination J2000 of the centre.',
      ra1: 'Right ascension J2000 of the south-east corner of an upright image, degrees.',
      dec1: 'Its declination.',
      ra2: 'Right ascension J2000 of the south-west corner of an upright image, degrees.',
      dec2: 'Its declination.',
      ra3: 'Right ascension J2000 of the north-west corner of an upright image, degrees.',
      dec3: 'Its declination.',
      ra4: 'Right ascension J2000 of the north-east corner of an upright image, degrees.',
      dec4: 'Its declination.',
      radius: 'Radius of the circle, degrees.',
      radpix: 'Radius in pixels.',
      npixel: 'Pixels with data in the box around the circle.',
      nnull: 'Pixels without data in the box.',
      aveflux: 'Mean of the box.',
      rmsflux: 'Root mean square deviation from the mean in the box.',
      fluxref: 'Value of the pixel at the centre.',
      sigmaref: 'Its distance from the mean in units of `rmsflux`.',
      xref: 'Its column, the first is 1.',
      yref: 'Its row.',
      raref: 'Its right ascension J2000, degrees.',
      decref: 'Its declination.',
      fluxmin: 'Value of the smallest pixel of the circle.',
      sigmamin: 'Its distance from the mean in units of `rmsflux`.',
      xmin: 'Its column, the first is 1.',
      ymin: 'Its row.',
      ramin: 'Its right ascension J2000, degrees.',
      decmin: 'Its declination.',
      fluxmax: 'Value of the largest pixel of the circle.',
      sigmamax: 'Its distance from the mean in units of `rmsflux`.',
      xmax: 'Its column, the first is 1.',
      ymax: 'Its row.',
      ramax: 'Its right ascension J2000, degrees.',
      decmax: 'Its declination.',
      totalflux:
        'Flux of the source in units of the image; only with `-a`, in place of the values from `radius` on.',
    },
    sections: [
      {
        title: 'Differences from Montage',
        rows: [
          [
            'rows above NAXIS1',
            'Count; Montage looks only at the first NAXIS1 rows of an image that is higher than wide.',
          ],
          ['totalflux', 'Is measured; Montage 6.0 always gives 0.'],
        ],
      },
    ],
    example: ['mExamine m31.fits', 'mExamine -p 10.6847 41.2690 0.01 m31.fits[1]'],
  },
  read: readCall,
  run: mExamine,
})
