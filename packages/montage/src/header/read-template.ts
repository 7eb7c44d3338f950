import { CARD_CHARS, type Header, parseHeaderTemplate } from '@skyloom/fits'
import { readText } from '../command/files.ts'
import type { Place } from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { type ClassicWcs, classicWcs } from './classic-wcs.ts'
import { headerError } from './header-error.ts'
import { templateLines } from './template-line.ts'

/** A header template. */
export interface HeaderTemplate {
  /** Its lines without END. */
  readonly lines: readonly string[]
  readonly header: Header
  readonly sky: ClassicWcs
  readonly width: number
  readonly height: number
}

/**
 * Reads a header template and checks it.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_HEADER`
 */
export async function readTemplateFile(place: Place, path: string): Promise<HeaderTemplate> {
  const text = await readText(place, path, `File ${path} not found.`)
  if (/^SIMPLE {2}=[^\n]{70}/.test(text) && text.length >= 2880) {
    throw new MontageError('MONTAGE_BAD_HEADER', `FITS file (${path}) cannot be used as a header template`, {
      where: [path],
      remedy: 'write its header as text with mGetHdr first',
    })
  }
  const lines = templateLines(text)
  const long = lines.findIndex((line) => line.length > CARD_CHARS)
  if (long >= 0) {
    throw new MontageError('MONTAGE_BAD_HEADER', 'FITS header lines cannot be greater than 80 characters.', {
      where: [path, `line ${long + 1}`],
    })
  }
  const header = parse(text, path)
  const sky = classicWcs(header, path)
  return { lines, header, sky, width: header.integer('NAXIS1'), height: header.integer('NAXIS2') }
}

function parse(text: string, path: string): Header {
  try {
    return parseHeaderTemplate(text, path)
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause)
    throw headerError(path, problem, { cause })
  }
}
