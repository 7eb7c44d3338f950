import { DEBUG_OPTION } from '../command/manual.ts'
import { defineModule, type MontageModule, operand, type Place } from '../command/module.ts'
import { checkFolder } from '../exec/check-folder.ts'
import { WORKFLOW_FILES } from './manual-rows.ts'
import { writeWorkflow } from './write-workflow.ts'

/** Input of {@link mDAGFiles}. */
export interface DagFilesInput {
  /** Image metadata table. */
  readonly images: string
  readonly template: string
  /** Folder of the workflow. */
  readonly folder: string
  /** Address of that folder for the jobs. */
  readonly folderUrl: string
}

/** Result of the modules that write workflows. */
export interface DagResult {
  readonly id: string
}

/**
 * Writes the workflow of a mosaic of images that are there already.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_TABLE`, `MONTAGE_BAD_HEADER`, `MONTAGE_NO_RESULT`, `MONTAGE_CANNOT_WRITE`
 */
export async function mDAGFiles(input: DagFilesInput, place: Place = {}): Promise<DagResult> {
  await checkFolder(input.folder, place)
  const { id } = await writeWorkflow({ label: 'mosaic', ...input }, place)
  return { id }
}

/** The module mDAGFiles. */
export const dagFilesModule: MontageModule = defineModule<DagFilesInput, DagResult>({
  name: 'mDAGFiles',
  summary: 'Writes the workflow of a mosaic of images that are there already.',
  usage: '%s [-d] images.tbl hdr.template workdir workurlbase',
  style: 'leading',
  options: ['d'],
  operands: [4, 4],
  isNamed: true,
  fields: [['id', 's']],
  manual: {
    description:
      "As mDAG, but for the images of a table instead of a survey. The arguments of the former program of this name are not on record; these are Skyloom's.",
    options: [DEBUG_OPTION],
    operands: [
      ['images.tbl', 'Image table as mImgtbl writes it.'],
      ['hdr.template', 'Header template of the mosaic.'],
      ['workdir', 'Folder in which the workflow is written; must exist.'],
      ['workurlbase', 'Address of that folder for the jobs: `file:///data/m42`.'],
    ],
    reads: [
      [
        'images.tbl',
        'Column `fname`; `URL`, where the images are, or else the paths in `fname`; corners `ra1` ... `dec4`, or coordinates `ctype1` ... `crota2`.',
      ],
    ],
    writes: WORKFLOW_FILES,
    returns: { id: 'Label of the workflow and a hash of its template and images.' },
    example: [
      'mDAGFiles raw.tbl region.hdr work file:///data/work',
      'skyloom workflow validate work/workflow.yml',
    ],
  },
  read: (call) => ({
    images: operand(call, 0),
    template: operand(call, 1),
    folder: operand(call, 2),
    folderUrl: operand(call, 3),
  }),
  run: mDAGFiles,
})
