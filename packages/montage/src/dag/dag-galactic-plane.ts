import { join } from 'node:path'
import { mArchiveList } from '../archive/archive-list.ts'
import { SURVEYS_SECTION } from '../archive/surveys-manual.ts'
import { writeText } from '../command/files.ts'
import { DEBUG_OPTION } from '../command/manual.ts'
import {
  defineModule,
  hasOption,
  type ModuleCall,
  type MontageModule,
  namedReal,
  type Place,
  usageError,
} from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { checkFolder } from '../exec/check-folder.ts'
import { templateLines } from '../header/template-lines.ts'
import { copyText } from './copy-text.ts'
import type { DagResult } from './dag-files.ts'
import {
  REGION_OPTION,
  RESULT_URL_TEXT,
  SURVEY_OPERANDS,
  SURVEY_RETURNS,
  SURVEY_WORKFLOW_FILES,
  WORK_FOLDER_OPERANDS,
} from './manual-rows.ts'
import { templateBox } from './template-box.ts'
import { writeWorkflow } from './write-workflow.ts'

/** A part of the Galactic plane, in galactic degrees, or that of a template. */
export type GalacticRegion =
  | {
      readonly lonDeg: number
      readonly latDeg: number
      readonly widthDeg: number
      readonly heightDeg: number
      readonly cdeltDeg: number
    }
  | { readonly template: string }

/** Input of {@link mDAGGalacticPlane}. */
export interface DagGalacticPlaneInput {
  readonly survey: string
  readonly band: string
  readonly region: GalacticRegion
  /** Folder of the workflow. */
  readonly folder: string
  /** Address of that folder for the jobs. */
  readonly folderUrl: string
  /** Address at which results will be shown; noted in the workflow. */
  readonly resultUrl: string
  /** Most pixels of a side of a tile; default 5000. */
  readonly tilePixels?: number
  /** Survey registry; default: that of the user, else the built-in one. */
  readonly surveys?: string
}

const TILE_PIXELS = 5000
/** Larger sides are refused: no program can fill them. */
const MAX_SIDE = 2 ** 31 - 1

/**
 * Writes the workflow of a tiled mosaic of a part of the Galactic plane, in plate carree projection.
 *
 * @throws MontageError as mDAGFiles; MosaicError for surveys and archives
 */
export async function mDAGGalacticPlane(input: DagGalacticPlaneInput, place: Place = {}): Promise<DagResult> {
  const { survey, band, region, folder, folderUrl, resultUrl, tilePixels = TILE_PIXELS } = input
  await checkFolder(folder, place).catch((cause: unknown) => {
    throw new MontageError('MONTAGE_NO_FILE', "work directory doesn't exist", { where: [folder], cause })
  })
  const template = join(folder, 'region.hdr')
  if ('template' in region) await copyText(region.template, template, place)
  else await writeText(place, template, planeTemplate(region), `Cannot write to work directory ${folder}`)
  const images = join(folder, 'remote.tbl')
  const box = await templateBox(template, place)
  const surveys = input.surveys === undefined ? {} : { surveys: input.surveys }
  await mArchiveList({ survey, band, ...box, output: images, ...surveys }, place)
  const metadata = new Map([
    ['survey', survey],
    ['band', band],
    ['resultUrl', resultUrl],
  ])
  const label = `${survey}-${band}-plane`.replaceAll(/[^\w.-]/g, '_')
  const request = { label, images, template, folder, folderUrl, tilePixels, metadata }
  const { id } = await writeWorkflow(request, place)
  return { id }
}

/** Plate carree has the equator as its line of true scale, so its reference point lies on the plane however high the centre is. */
function planeTemplate(region: Exclude<GalacticRegion, { readonly template: string }>): string {
  const { lonDeg, latDeg, widthDeg, heightDeg, cdeltDeg } = region
  const [naxis1, naxis2] = [Math.ceil(widthDeg / cdeltDeg), Math.ceil(heightDeg / cdeltDeg)]
  if (![naxis1, naxis2].every((side) => side >= 1 && side <= MAX_SIDE))
    throw new MontageError('MONTAGE_BAD_ARGUMENT', 'The mosaic would be too large', {
      found: `${naxis1} x ${naxis2} pixels`,
    })
  const grid = { naxis1, naxis2, centre: { lonDeg, latDeg: 0 }, cdelt: cdeltDeg, crota2: 0 }
  const crpix2 = (naxis2 + 1) / 2 - latDeg / cdeltDeg
  const lines = templateLines(grid, { system: 'GAL' }, 'CAR', [], 12).map((line) =>
    line.startsWith('CRPIX2') ? `CRPIX2  = ${crpix2.toFixed(4).padStart(14)}` : line,
  )
  return `${lines.join('\n')}\n`
}

function readCall(call: ModuleCall): DagGalacticPlaneInput {
  const { operands } = call
  const [survey = '', band = '', ...rest] = operands
  if (hasOption(call, 'h')) {
    const [template, folder, folderUrl, resultUrl, ...more] = rest
    if (template === undefined || folder === undefined || folderUrl === undefined) throw usageError()
    if (resultUrl === undefined || more.length > 0) throw usageError()
    return { survey, band, region: { template }, folder, folderUrl, resultUrl }
  }
  const [folder, folderUrl, resultUrl] = rest.slice(5)
  if (folder === undefined || folderUrl === undefined || resultUrl === undefined) throw usageError()
  const number = (index: number, what: string): number => namedReal(rest[index], what)
  const region = {
    lonDeg: number(0, 'Longitude'),
    latDeg: number(1, 'Latitude'),
    widthDeg: number(2, 'Width'),
    heightDeg: number(3, 'Height'),
    cdeltDeg: number(4, 'Pixel scale'),
  }
  if (!(region.widthDeg > 0 && region.heightDeg > 0 && region.cdeltDeg > 0)) throw usageError()
  return { survey, band, region, folder, folderUrl, resultUrl }
}

/** The module mDAGGalacticPlane. */
export const dagGalacticPlaneModule: MontageModule = defineModule<DagGalacticPlaneInput, DagResult>({
  name: 'mDAGGalacticPlane',
  summary: 'Writes the workflow of a tiled mosaic of a part of the Galactic plane.',
  usage:
    'mDAGGalacticPlane survey band centerlon centerlat width height cdelt workdir workurlbase urlbase | mDAGGalacticPlane -h survey band hdrfile workdir workurlbase urlbase (object/location string must be a single argument)',
  style: 'leading',
  options: ['d', 'h'],
  operands: [6, 10],
  isNamed: true,
  usageExitCode: 0,
  fields: [['id', 's']],
  manual: {
    description:
      'As mDAG for large parts of the Galactic plane: the template is in galactic coordinates and plate carree projection (CAR), and the mosaic is added in tiles of at most 5000 pixels a side, each of the images that it needs.',
    options: [DEBUG_OPTION, REGION_OPTION],
    operands: [
      ...SURVEY_OPERANDS,
      ['centerlon', 'Galactic longitude of the centre, degrees.'],
      ['centerlat', 'Galactic latitude of the centre, degrees.'],
      ['width', 'Width in degrees.'],
      ['height', 'Height in degrees.'],
      ...WORK_FOLDER_OPERANDS,
      ['urlbase', RESULT_URL_TEXT],
    ],
    synopsis: [
      '[-d] survey band centerlon centerlat width height cdelt workdir workurlbase urlbase',
      '-h [-d] survey band hdrfile workdir workurlbase urlbase',
    ],
    writes: SURVEY_WORKFLOW_FILES,
    returns: SURVEY_RETURNS,
    sections: [SURVEYS_SECTION],
    example: [
      'mDAGGalacticPlane 2MASS K 30 0 5 4 0.000278 work file:///data/work https://results.example/plane',
    ],
  },
  read: readCall,
  run: mDAGGalacticPlane,
})
