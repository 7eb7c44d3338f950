import type { ManualRow } from '../command/manual.ts'

/** What the modules that make workflows write into their folder. */
export const WORKFLOW_FILES: readonly ManualRow[] = [
  [
    'workflow.yml',
    'The abstract workflow, a Pegasus document: mProject for each image, mDiffFit for each overlap, mConcatFit, mBgModel, mBackground for each image, mImgtbl, mAdd, mShrink, mViewer. `skyloom plan` and Pegasus plan it.',
  ],
  ['replicas.yml', 'Replica catalog: where the images, tables and headers are.'],
  ['region.hdr', 'Header template of the mosaic; `tile_X_Y.hdr` those of tiles.'],
  [
    'rimages.tbl, pimages.tbl, cimages.tbl',
    'Tables of raw, projected and corrected images, as mDAGTbls predicts them.',
  ],
  ['diffs.tbl, statfile.tbl', 'Overlaps, and the status files of their fits for mConcatFit.'],
]

/** The same for workflows of a survey, whose images are asked for first. */
export const SURVEY_WORKFLOW_FILES: readonly ManualRow[] = [
  ...WORKFLOW_FILES,
  ['remote.tbl', 'The images of the archive.'],
]

/** First operands of the modules that make the workflow of a survey. */
export const SURVEY_OPERANDS: readonly ManualRow[] = [
  ['survey', 'Survey of the registry: `2MASS`.'],
  ['band', 'Band of the survey: `J`.'],
]

/** Operands behind the size of the region. */
export const WORK_FOLDER_OPERANDS: readonly ManualRow[] = [
  ['cdelt', 'Size of the pixels in degrees.'],
  ['workdir', 'Folder in which the workflow is written; must exist.'],
  ['workurlbase', 'Address of that folder for the jobs: `file:///data/work`.'],
]

/** What the address of the results is for. */
export const RESULT_URL_TEXT = 'Address at which results will be shown; noted in the workflow.'

/** Option for a region that a header template tells. */
export const REGION_OPTION: ManualRow = ['-h', 'The region is that of a header template.']

/** Result of the modules that make the workflow of a survey. */
export const SURVEY_RETURNS = { id: 'Survey, band and a hash of template and images.' } as const
