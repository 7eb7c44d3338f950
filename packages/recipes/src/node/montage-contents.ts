import { formatHeaderTemplate } from '@skyloom/fits'
import type { Template } from '@skyloom/mosaic'
import { forecastJobs } from '../mosaic/forecast-jobs.ts'
import { derivedFiles, MOSAIC_FILES } from '../mosaic/mosaic-files.ts'
import { imageList, projectedTable, statusTable } from '../mosaic/mosaic-tables.ts'
import { mosaicWorkflow, type RecipeBackground, type RecipeCombine } from '../mosaic/mosaic-workflow.ts'
import type { Prediction } from '../mosaic/predict-images.ts'
import type { WorkflowContents } from './write-workflow-folder.ts'

/** What a mosaic by the modules of Montage is made of. */
export interface MontageContentsInput {
  readonly name: string
  readonly template: Template
  readonly prediction: Prediction
  readonly background: RecipeBackground
  readonly combine: RecipeCombine
  readonly pictureSide: number
}

/** The workflow of Montage's modules with its template and tables. */
export function montageContents(input: MontageContentsInput): WorkflowContents {
  const { template, prediction } = input
  const { placed, pairs } = prediction
  const images = placed.map(({ image }) => image)
  const prefix = input.background !== 'none' && pairs.length > 0 ? 'c' : 'p'
  return {
    workflow: mosaicWorkflow({
      ...input,
      images,
      pairs,
      seconds: forecastJobs({
        images: placed.map(({ image, region }) => ({ name: image.lfn, sizeBytes: image.sizeBytes, region })),
        pairs,
        method: 'area',
      }),
    }),
    inputs: new Map([
      [MOSAIC_FILES.template, templateText(template)],
      [MOSAIC_FILES.projectedTable, projectedTable(placed, template)],
      [MOSAIC_FILES.statusTable, statusTable(pairs)],
      [MOSAIC_FILES.correctedList, imageList(images.map(({ lfn }) => derivedFiles(prefix, lfn).image.lfn))],
    ]),
    places: new Map(images.map(({ lfn, url }) => [lfn, url])),
  }
}

/** The template as Montage's modules want it: they ask for the cards that begin every header. */
function templateText({ header }: Template): string {
  const cards = formatHeaderTemplate(header)
  return header.has('BITPIX')
    ? cards
    : `SIMPLE  = T\nBITPIX  = -64\nNAXIS   = 2\n${cards.replace(/^NAXIS {3}=.*\n/m, '')}`
}
