import { findColumn, readIpacTable, type Table } from '@skyloom/fits/tables'
import { MosaicError } from '../errors.ts'
import type { SearchBox } from './search-box.ts'
import type { NetworkService } from './survey-registry.ts'

/** The question to a table service in the manner of the archive lists that Montage asks. */
export function tableServiceQuery(
  service: NetworkService,
  survey: string,
  band: string,
  { centre, widthDeg, heightDeg }: SearchBox,
): string {
  const url = new URL(service.url)
  const parameters = new Map([
    ['survey', survey],
    ['band', band],
    ['location', `${centre.lonDeg} ${centre.latDeg} eq j2000`],
    ['width', String(widthDeg)],
    ['height', String(heightDeg)],
    ['mode', 'TBL'],
    ...service.parameters,
  ])
  for (const [key, value] of parameters) url.searchParams.set(key, value)
  return url.href
}

/**
 * The table of an answer.
 *
 * @param name shown in messages
 * @throws MosaicError `MOSAIC_BAD_ANSWER` for anything but an IPAC table with a column URL
 */
export function readTableAnswer(text: string, name: string): Table {
  const sentence = /\[struct stat="ERROR",?\s*msg="([^"]*)"/.exec(text)?.[1]
  if (sentence !== undefined)
    throw new MosaicError('MOSAIC_BAD_ANSWER', 'the service answers with an error', {
      where: [name],
      found: sentence,
    })
  try {
    const { table } = readIpacTable(text, { name, onBadValue: 'null', extendLastColumn: true })
    if (findColumn(table, 'URL') !== undefined || findColumn(table, 'url') !== undefined) return table
    throw new MosaicError('MOSAIC_BAD_ANSWER', 'the answer has no column URL', {
      where: [name],
      found: table.columns.map((column) => column.name).join(', '),
    })
  } catch (cause) {
    if (cause instanceof MosaicError) throw cause
    throw new MosaicError('MOSAIC_BAD_ANSWER', 'the answer is no IPAC table', {
      where: [name],
      found: JSON.stringify(text.slice(0, 60)),
      cause,
    })
  }
}
