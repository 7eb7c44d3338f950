import type { Header } from '../header/header.ts'
import { commentNote, keywordNote } from '../tables/model/build.ts'
import type { TableNote } from '../tables/model/table.ts'

/** Keywords that describe the layout of a table or the HDU, with or without a number. */
const STRUCTURAL =
  /^(?:XTENSION|BITPIX|NAXIS\d*|PCOUNT|GCOUNT|TFIELDS|THEAP|EXTNAME|CHECKSUM|DATASUM|END|CONTINUE|(?:TTYPE|TFORM|TBCOL|TUNIT|TSCAL|TZERO|TNULL|TDISP|TDIM|TCOMM)\d+)$/

/** True for keywords that a writer of tables sets itself. */
export function isStructuralKeyword(keyword: string): boolean {
  return STRUCTURAL.test(keyword.toUpperCase())
}

/** Keywords and comments of a table that say more than its layout, in order. Complex and undefined values are left out. */
export function tableNotes(header: Header): TableNote[] {
  const notes: TableNote[] = []
  for (const card of header) {
    const { keyword, value, comment, type } = card
    if (type === 'commentary') {
      if (keyword === 'HISTORY') notes.push(keywordNote('HISTORY', comment))
      else if (keyword === 'COMMENT' || comment !== '') notes.push(commentNote(comment))
    } else if (!isStructuralKeyword(keyword) && value !== undefined && typeof value !== 'object') {
      notes.push(keywordNote(keyword, value, comment === '' ? undefined : comment))
    }
  }
  return notes
}
