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
