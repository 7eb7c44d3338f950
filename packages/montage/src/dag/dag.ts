import { join } from 'node:path'
import { mArchiveList } from '../archive/archive-list.ts'
import { mHdr } from '../archive/hdr.ts'
import { SURVEYS_SECTION } from '../archive/surveys-manual.ts'
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
import { checkFolder } from '../exec/check-folder.ts'
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

/** The region of a mosaic: around an object, or that of a template. */
export type DagRegion =
  | {
      readonly location: string
      readonly widthDeg: number
      readonly heightDeg: number
      readonly cdeltDeg: number
    }
  | { readonly template: string }

/** Input of {@link mDAG}. */
export interface DagInput {
  readonly survey: string
  readonly band: string
  readonly region: DagRegion
  /** Folder of the workflow. */
  readonly folder: string
  /** Address of that folder for the jobs. */
  readonly folderUrl: string
  /** Address at which results will be shown; noted in the workflow. */
  readonly resultUrl?: string
  /** Survey registry; default: that of the user, else the built-in one. */
  readonly surveys?: string
}

/**
 * Writes the workflow of a mosaic of a survey: asks the archive for its images and predicts what the jobs will make.
 *
 * @throws MontageError as mDAGFiles; MosaicError for surveys, objects and archives
 */
export async function mDAG(input: DagInput, place: Place = {}): Promise<DagResult> {
  const { survey, band, region, folder, folderUrl, resultUrl } = input
  await checkFolder(folder, place)
  const surveys = input.surveys === undefined ? {} : { surveys: input.surveys }
  const template = join(folder, 'region.hdr')
  if ('template' in region) await copyText(region.template, template, place)
  else {
    const { location, widthDeg, heightDeg, cdeltDeg } = region
    const pixelArcsec = cdeltDeg * 3600
    await mHdr({ location, widthDeg, heightDeg, pixelArcsec, output: template, ...surveys }, place)
  }
  const images = join(folder, 'remote.tbl')
  const box = await templateBox(template, place)
  await mArchiveList({ survey, band, ...box, output: images, ...surveys }, place)
  const metadata = new Map([
    ['survey', survey],
    ['band', band],
    ...(resultUrl === undefined ? [] : [['resultUrl', resultUrl] as const]),
  ])
  const label = `${survey}-${band}`.replaceAll(/[^\w.-]/g, '_')
  const { id } = await writeWorkflow({ label, images, template, folder, folderUrl, metadata }, place)
  return { id }
}

function readCall(call: ModuleCall): DagInput {
  const { operands } = call
  const [survey = '', band = '', first = ''] = operands
  if (hasOption(call, 'h')) {
    const [folder, folderUrl, resultUrl] = operands.slice(3)
    if (folder === undefined || folderUrl === undefined || operands.length > 6) throw usageError()
    return withResult({ survey, band, region: { template: first }, folder, folderUrl }, resultUrl)
  }
  const [width, height, cdelt, folder, folderUrl, resultUrl] = operands.slice(3)
  if (width === undefined || height === undefined || cdelt === undefined) throw usageError()
  if (folder === undefined || folderUrl === undefined) throw usageError()
  const size = (text: string, what: string): number => {
    const value = namedReal(text, what)
    if (value > 0) return value
    throw usageError()
  }
  const region = {
    location: first,
    widthDeg: size(width, 'Width'),
    heightDeg: size(height, 'Height'),
    cdeltDeg: size(cdelt, 'Pixel scale'),
  }
  return withResult({ survey, band, region, folder, folderUrl }, resultUrl)
}

function withResult(input: DagInput, resultUrl: string | undefined): DagInput {
  return resultUrl === undefined ? input : { ...input, resultUrl }
}

/** The module mDAG. */
export const dagModule: MontageModule = defineModule<DagInput, DagResult>({
  name: 'mDAG',
  summary: 'Writes the workflow of a mosaic of a survey.',
  usage:
    '%s [-d] survey band object|location width height cdelt workdir workurlbase [urlbase] | %s -h [-d] survey band hdrfile workdir workurlbase [urlbase] (object/location string must be a single argument)',
  style: 'leading',
  options: ['d', 'h'],
  operands: [5, 9],
  isNamed: true,
  fields: [['id', 's']],
  manual: {
    description:
      'Asks the archive of a survey for the images of a region and writes the workflow of their mosaic, with the tables that its jobs need: what the images will cover is predicted from the table of the archive. Nothing is fetched.\n\nThe workflow is a Pegasus document of format 5 (YAML) instead of the former DAX (XML), which current Pegasus no longer writes.',
    options: [DEBUG_OPTION, REGION_OPTION],
    operands: [
      ...SURVEY_OPERANDS,
      ['object|location', 'Centre of the mosaic.'],
      ['width', 'Width in degrees.'],
      ['height', 'Height in degrees.'],
      ...WORK_FOLDER_OPERANDS,
      ['[urlbase]', RESULT_URL_TEXT],
    ],
    synopsis: [
      '[-d] survey band object|location width height cdelt workdir workurlbase [urlbase]',
      '-h [-d] survey band hdrfile workdir workurlbase [urlbase]',
    ],
    writes: SURVEY_WORKFLOW_FILES,
    returns: SURVEY_RETURNS,
    sections: [SURVEYS_SECTION],
    example: [
      'mDAG 2MASS J "M 42" 1 1 0.000278 work file:///data/work',
      'mDAG -h 2MASS J region.hdr work file:///data/work',
    ],
  },
  read: readCall,
  run: mDAG,
})
