import { FIT_FIELDS } from '@skyloom/mosaic'
import type { ManualRow } from '../command/manual.ts'

/** A table of fits, for manual pages. */
export const FIT_TABLE: ManualRow = [
  'fits.tbl',
  `Table of fits; columns \`plus\`, \`minus\` (counters of the images), ${FIT_FIELDS.map((name) => `\`${name}\``).join(', ')}, as mFitplane gives them.`,
]
