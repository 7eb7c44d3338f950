import { pathExists, writeText } from '../command/files.ts'
import { HDU_OPTION, STATUS_OPTION } from '../command/manual.ts'
import {
  defineModule,
  integerArgument,
  type MontageModule,
  operand,
  optionValue,
  type Place,
} from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { countHdus } from '../image/count-hdus.ts'
import { openHeader } from '../image/open-header.ts'

/** Input of {@link mHdrCheck}. */
export interface HdrCheckInput {
  /** Image or header template. */
  readonly image: string
  readonly hdu?: number
  /** Text file that gets the answer, too. */
  readonly infoFile?: string
}

/** Result of {@link mHdrCheck}; the numbers are absent for templates. */
export interface HdrCheckResult {
  readonly msg: string
  readonly hdu?: number
  readonly nhdu?: number
  readonly naxes?: number
}

/**
 * Checks that an image or template has usable coordinates.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_IMAGE`, `MONTAGE_BAD_HEADER` with the first problem
 */
export async function mHdrCheck(input: HdrCheckInput, place: Place = {}): Promise<HdrCheckResult> {
  const { image, hdu: wanted = 0 } = input
  if (!(await pathExists(place, image)))
    throw new MontageError('MONTAGE_NO_FILE', `Image file (${image}) does not exist`, { where: [image] })
  const count = await countHdus(place, image)
  if (count !== undefined && wanted >= count) {
    const facts = new Map([
      ['hdu', wanted],
      ['nhdu', count],
    ])
    throw new MontageError('MONTAGE_BAD_IMAGE', 'Desired HDU does not exist in the file.', {}, facts)
  }
  const { hdu } = await openHeader(place, image, wanted).catch((error: unknown) => {
    throw count === undefined ? error : withPlace(error, wanted, count)
  })
  const result: HdrCheckResult =
    hdu === undefined
      ? { msg: 'Valid FITS/WCS in header file.' }
      : { msg: 'Valid WCS in FITS file.', hdu: hdu.index, nhdu: hdu.count, naxes: hdu.axes }
  if (input.infoFile !== undefined)
    await writeText(place, input.infoFile, `${result.msg}\n`, `Cannot open info file: ${input.infoFile}`)
  return result
}

/** The error of a FITS image, with the HDU and the number of HDUs in the status line. */
function withPlace(error: unknown, hdu: number, count: number): unknown {
  if (!(error instanceof MontageError) || error.code !== 'MONTAGE_BAD_HEADER') return error
  const facts = new Map([
    ['hdu', hdu],
    ['nhdu', count],
  ])
  const problem = `WCS initialization failed: ${error.problem}`
  return new MontageError('MONTAGE_BAD_HEADER', problem, { cause: error }, facts)
}

/** The module mHdrCheck. */
export const hdrCheckModule: MontageModule = defineModule<HdrCheckInput, HdrCheckResult>({
  name: 'mHdrCheck',
  summary: 'Checks that an image or template has usable coordinates.',
  usage: '%s [-s statusfile][-o infofile][-h hdu] img.fits',
  style: 'getopt',
  options: 's:o:h:',
  operands: [1, 1],
  isNamed: false,
  fields: [
    ['msg', 's'],
    ['hdu', 'd'],
    ['nhdu', 'd'],
    ['naxes', 'd'],
  ],
  manual: {
    description:
      'Checks that an image or a header template has coordinates with which the other modules can work, and names the first thing that is wrong.',
    options: [
      STATUS_OPTION,
      ['-o infofile', 'Write the sentence of the answer to this file, too.'],
      HDU_OPTION,
    ],
    operands: [['img.fits', 'FITS image or header template.']],
    returns: {
      msg: 'What was checked.',
      hdu: 'HDU that was checked; only for images.',
      nhdu: 'HDUs in the file; only for images.',
      naxes: 'Axes of the image; only for images.',
    },
    example: ['mHdrCheck m31.fits'],
  },
  read: (call) => {
    const infoFile = optionValue(call, 'o')
    const hdu = optionValue(call, 'h')
    const text = `HDU value (${hdu ?? ''}) must be a non-negative integer`
    const input = {
      image: operand(call, 0),
      hdu: hdu === undefined ? 0 : Math.max(0, integerArgument(hdu, text)),
    }
    return infoFile === undefined ? input : { ...input, infoFile }
  },
  run: mHdrCheck,
})
