import { tableFromRows, writeIpacTable } from '@skyloom/fits/tables'
import { type FluxPair, fitScale, starMagnitudes } from '@skyloom/mosaic'
import { pathExists, writeText } from '../command/files.ts'
import { HDU_OPTION, type ManualRow } from '../command/manual.ts'
import {
  defineModule,
  hduArgument,
  type ModuleCall,
  type MontageModule,
  namedReal,
  operand,
  optionValue,
  type Place,
} from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { type ExaminedImage, openExamined } from '../examine/examined-image.ts'
import { measureAt } from '../examine/measure-at.ts'
import { CATALOG_OPTION, findCatalog, readStarOptions } from './find-catalog.ts'
import { starsOnImage } from './stars-on-image.ts'

/** How stars become fluxes. */
export interface CalibrateOptions {
  /** Path, or address of a cone search; default: the environment variable `SKYLOOM_CATALOG`. */
  readonly catalog?: string
  /** Column of magnitudes; default: the first known one. */
  readonly column?: string
  /** Magnitude of catalogue flux one; default 20. */
  readonly refmag?: number
}

/** Input of {@link mCalibrate}. */
export interface CalibrateInput extends CalibrateOptions {
  readonly image: string
  /** Table of the stars that is written; default none. */
  readonly output?: string
  readonly hdu?: number
}

/** Result of {@link mCalibrate}. */
export interface CalibrateResult {
  readonly file: string
  /** Stars that the scale was fitted to. */
  readonly nstar: number
  /** Stars that were left out as too far off. */
  readonly nbad: number
  /** Factor from image flux to catalogue flux. */
  readonly scale: number
}

/** Magnitude of catalogue flux one. */
const DEFAULT_REFMAG = 20
/** With fewer stars a scale means nothing: two sigma of two stars leave none out. */
const MIN_STARS = 3

/** A star that was measured. */
interface MeasuredStar extends FluxPair {
  readonly ra: number
  readonly dec: number
  readonly mag: number
}

/**
 * Fits the photometric scale of an image to the stars of a catalogue: each star is measured as mExamine does it, then
 * `log10(image flux) = log10(catalogue flux) + B` is fitted with slope one, stars beyond two sigma left out. The scale is 10^-B.
 *
 * @throws MontageError `MONTAGE_BAD_ARGUMENT` without a catalogue, `MONTAGE_NO_FILE`, `MONTAGE_BAD_IMAGE`, `MONTAGE_BAD_HEADER`,
 *   `MONTAGE_NO_RESULT` with too few stars, `MONTAGE_CANNOT_WRITE`
 * @throws MosaicError for catalogues that cannot be used
 */
export async function mCalibrate(input: CalibrateInput, place: Place = {}): Promise<CalibrateResult> {
  const { image, output, refmag = DEFAULT_REFMAG } = input
  const problem = `Cannot open FITS file ${image}`
  if (!(await pathExists(place, image)))
    throw new MontageError('MONTAGE_NO_FILE', problem, { where: [image] })
  const catalog = findCatalog(input.catalog, place)
  const examined = await openExamined(place, image, input.hdu ?? 0, [], problem)
  try {
    const stars = await measureStars(examined, catalog, refmag, input.column)
    const fit = fitScale(stars)
    if (fit === undefined || fit.count < MIN_STARS)
      throw new MontageError('MONTAGE_NO_RESULT', `Too few stars for a scale in ${image}`, {
        where: [image, catalog],
        found: `${stars.length} stars could be measured`,
        allowed: `${MIN_STARS} or more that agree`,
      })
    if (output !== undefined)
      await writeText(place, output, starTable(stars, fit.scale), `Can't open output table ${output}`)
    return { file: image, nstar: fit.count, nbad: fit.rejectedCount, scale: fit.scale }
  } finally {
    await examined.opened.file.close()
  }
}

async function measureStars(
  examined: ExaminedImage,
  catalog: string,
  refmag: number,
  column: string | undefined,
): Promise<readonly MeasuredStar[]> {
  const found = await starsOnImage(examined, catalog)
  const magnitudes = starMagnitudes(found, catalog, column)
  const stars: MeasuredStar[] = []
  for (const [index, { lonDeg: ra, latDeg: dec }] of found.positions.entries()) {
    const mag = magnitudes[index] ?? Number.NaN
    if (!Number.isFinite(mag)) continue
    try {
      const { flux } = await measureAt(examined, { ra, dec })
      if (flux > 0) stars.push({ ra, dec, mag, imageFlux: flux, catalogFlux: 10 ** (0.4 * (refmag - mag)) })
    } catch (error) {
      // Stars that do not stand out of the sky, or lie at the edge, are no fault of the image.
      if (!(error instanceof MontageError) || error.code !== 'MONTAGE_NO_RESULT') throw error
    }
  }
  return stars
}

function starTable(stars: readonly MeasuredStar[], scale: number): string {
  const columns = ['ra', 'dec', 'mag', 'catflux', 'imgflux', 'ratio'].map((name) => ({
    name,
    type: 'float64' as const,
  }))
  const rows = stars.map(({ ra, dec, mag, catalogFlux, imageFlux }) => [
    ra,
    dec,
    mag,
    catalogFlux,
    imageFlux,
    (imageFlux * scale) / catalogFlux,
  ])
  return writeIpacTable(tableFromRows(columns, rows))
}

/** Options of a call of mCalibrate and mCalExec. */
export function readCalibrateOptions(call: ModuleCall): CalibrateOptions {
  const refmag = optionValue(call, 'r')
  return {
    ...readStarOptions(call),
    ...(refmag === undefined
      ? {}
      : {
          refmag: namedReal(refmag, 'Reference magnitude'),
        }),
  }
}

/** Options of the manual pages of mCalibrate and mCalExec. */
export const CALIBRATE_OPTIONS: readonly ManualRow[] = [
  CATALOG_OPTION,
  [
    '-m column',
    'Column of magnitudes; default the first of `mag`, `r2mag`, `r1mag`, `b2mag`, `b1mag`, `imag`, `j_m`, `jmag`, `phot_g_mean_mag`, `gmag`.',
  ],
  ['-r refmag', 'Magnitude of catalogue flux one; default 20.'],
]

/** The module mCalibrate. */
export const calibrateModule: MontageModule = defineModule<CalibrateInput, CalibrateResult>({
  name: 'mCalibrate',
  summary: 'Fits the photometric scale of an image to the stars of a catalogue.',
  usage: '%s in.fits [out.tbl]',
  style: 'getopt',
  options: 'dc:m:r:h:',
  operands: [1, 2],
  isNamed: false,
  fields: [
    ['file', 's'],
    ['nstar', 'd'],
    ['nbad', 'd'],
    ['scale', 'g'],
  ],
  manual: {
    description:
      'Measures the stars of a catalogue on an image and fits the factor that turns image flux into catalogue flux: `log10(image flux) = log10(catalogue flux) + B` with slope one, stars beyond two sigma left out again and again; the scale is `10^-B`. Pass it to mProject with `-x`.',
    options: [['-d', 'Debug mode; changes no result.'], ...CALIBRATE_OPTIONS, HDU_OPTION],
    operands: [
      ['in.fits', 'FITS image.'],
      ['[out.tbl]', 'Table of the stars that is written.'],
    ],
    writes: [
      [
        'out.tbl',
        'Columns `ra`, `dec`, `mag`, `catflux`, `imgflux`, `ratio` (scaled image flux to catalogue flux).',
      ],
    ],
    returns: {
      file: 'The image.',
      nstar: 'Stars that the scale was fitted to.',
      nbad: 'Stars that were left out as too far off.',
      scale: 'Factor from image flux to catalogue flux.',
    },
    example: ['mCalibrate -c stars.tbl -m j_m -r 20.9 image.fits measured.tbl'],
  },
  read: (call) => {
    const output = call.operands[1]
    return {
      image: operand(call, 0),
      ...(output === undefined ? {} : { output }),
      hdu: hduArgument(call),
      ...readCalibrateOptions(call),
    }
  },
  run: mCalibrate,
})
