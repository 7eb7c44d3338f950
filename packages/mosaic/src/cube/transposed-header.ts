import { Header } from '@skyloom/fits'

/** Keywords that end in the number of an axis, with an optional letter of an alternate coordinate system. */
const ONE_AXIS =
  /^(CTYPE|CRVAL|CRPIX|CDELT|CROTA|CUNITS?|CNAME|CRDER|CSYER|CNPIX|LTV|PS|PV)(\d+)((?:_\d+)?[A-Z]?)$/
/** Keywords with two axis numbers. */
const TWO_AXES = /^(CD|PC|LTM)(\d+)_(\d+)([A-Z]?)$/
/** The old form of PCi_j: `PC001002`. */
const OLD_MATRIX = /^(PC|CD)(\d{3})(\d{3})$/

/**
 * The header of an image whose axes are put in another order: keywords with axis numbers get new ones, everything else stays, in its place.
 *
 * @param order `order[k]` is the old axis (from 0) that becomes axis k
 */
export function transposedHeader(header: Header, order: readonly number[]): Header {
  const renumbered = (digits: string): number | undefined => {
    const place = order.indexOf(Number(digits) - 1)
    return place < 0 ? undefined : place + 1
  }
  const result = new Header(header.origin)
  for (const { keyword, raw } of header) {
    const renamed = renamedKeyword(keyword, renumbered)
    result.appendRaw(renamed === keyword ? raw : renamed.padEnd(8) + raw.slice(8))
  }
  return result
}

function renamedKeyword(keyword: string, renumbered: (digits: string) => number | undefined): string {
  const one = ONE_AXIS.exec(keyword)
  if (one !== null) {
    const axis = renumbered(one[2] ?? '')
    return axis === undefined ? keyword : `${one[1] ?? ''}${axis}${one[3] ?? ''}`
  }
  const two = TWO_AXES.exec(keyword)
  if (two !== null) {
    const [i, j] = [renumbered(two[2] ?? ''), renumbered(two[3] ?? '')]
    return i === undefined || j === undefined ? keyword : `${two[1] ?? ''}${i}_${j}${two[4] ?? ''}`
  }
  const old = OLD_MATRIX.exec(keyword)
  if (old === null) return keyword
  const [i, j] = [renumbered(old[2] ?? ''), renumbered(old[3] ?? '')]
  if (i === undefined || j === undefined) return keyword
  return `${old[1] ?? ''}${String(i).padStart(3, '0')}${String(j).padStart(3, '0')}`
}
