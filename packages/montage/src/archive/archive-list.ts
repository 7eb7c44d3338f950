import { writeIpacTable } from '@skyloom/fits/tables'
import { listImages, readSurveys, resolveLocation } from '@skyloom/mosaic/node'
import { writeText } from '../command/files.ts'
import { DEBUG_OPTION } from '../command/manual.ts'
import {
  defineModule,
  type ModuleCall,
  type MontageModule,
  namedReal,
  operand,
  type Place,
} from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { SURVEYS_SECTION } from './surveys-manual.ts'

/** Input of {@link mArchiveList}. */
export interface ArchiveListInput {
  readonly survey: string
  readonly band: string
  /** Name of an object, or a position: `83.82 -5.39 eq J2000`. */
  readonly location: string
  readonly widthDeg: number
  readonly heightDeg: number
  /** Table that is written. */
  readonly output: string
  /** Survey registry; default: that of the user, else the built-in one. */
  readonly surveys?: string
}

/** Result of {@link mArchiveList}. */
export interface ArchiveListResult {
  /** Images of the list. */
  readonly count: number
}

/**
 * Writes the table of the images of a survey that cover a box on the sky.
 *
 * @throws MontageError `MONTAGE_BAD_ARGUMENT`, `MONTAGE_CANNOT_WRITE`
 * @throws MosaicError for surveys, objects and archives: `MOSAIC_UNKNOWN_SURVEY`, `MOSAIC_UNKNOWN_OBJECT`, `MOSAIC_ARCHIVE_FAILED` ...
 */
export async function mArchiveList(input: ArchiveListInput, place: Place = {}): Promise<ArchiveListResult> {
  const { survey, band, location, widthDeg, heightDeg, output } = input
  if (!(widthDeg > 0 && heightDeg > 0 && widthDeg <= 180 && heightDeg <= 180))
    throw new MontageError(
      'MONTAGE_BAD_ARGUMENT',
      'Width and height must be above 0 and at most 180 degrees',
      {
        found: `${widthDeg} x ${heightDeg}`,
      },
    )
  const registry = await readSurveys(input.surveys)
  const centre = await resolveLocation(location, registry)
  const table = await listImages(registry, { survey, band, box: { centre, widthDeg, heightDeg } })
  await writeText(place, output, writeIpacTable(table), `Can't open output file ${output}.`)
  return { count: table.rowCount }
}

function readCall(call: ModuleCall): ArchiveListInput {
  const [width, height] = [operand(call, 3), operand(call, 4)]
  return {
    survey: operand(call, 0),
    band: operand(call, 1),
    location: operand(call, 2),
    widthDeg: namedReal(width, 'Width'),
    heightDeg: namedReal(height, 'Height'),
    output: operand(call, 5),
  }
}

/** The module mArchiveList. */
export const archiveListModule: MontageModule = defineModule<ArchiveListInput, ArchiveListResult>({
  name: 'mArchiveList',
  summary: 'Lists the images of a survey that cover a region.',
  usage:
    'mArchiveList [-d] survey band object|location width height outfile (object/location must be a single argument string)',
  style: 'leading',
  options: ['d'],
  operands: [6, 6],
  isNamed: true,
  usageExitCode: 0,
  fields: [['count', 'd']],
  manual: {
    description:
      'Writes the table of the images of a survey that cover a box on the sky, with the address of each, for mArchiveExec and mArchiveGet. The archive may be a folder of this machine or a service in the network.',
    options: [DEBUG_OPTION],
    operands: [
      ['survey', 'Survey of the registry, in any case: `2MASS`.'],
      ['band', 'Band of the survey: `J`.'],
      ['object|location', 'Centre of the box.'],
      ['width', 'Width in degrees.'],
      ['height', 'Height in degrees.'],
      ['outfile', 'Table that is written.'],
    ],
    writes: [
      [
        'outfile',
        'What the archive says of each image, `URL`, and for folders and Simple Image Access also `fname`, the name for the file.',
      ],
    ],
    returns: { count: 'Images; 0 when nothing covers the region.' },
    sections: [SURVEYS_SECTION],
    example: ['mArchiveList 2MASS J "M 42" 0.5 0.5 remote.tbl', 'mArchiveExec -p raw remote.tbl'],
  },
  read: readCall,
  run: mArchiveList,
})
