import { type Moc, writeMocFits } from '@skyloom/wcs'
import type { HpxFrame } from '../healpix/hpx-header.ts'

const CODES = { equatorial: 'C', galactic: 'G', ecliptic: 'E' } as const satisfies Record<HpxFrame, string>
const ICRS_CARD = "COORDSYS= 'C"

/**
 * The file `Moc.fits` of a HiPS. Its cells are those of the frame of the tiles, which viewers compare with tile numbers; COORDSYS names it.
 */
export function hipsMocFits(moc: Moc, frame: HpxFrame): Uint8Array {
  const bytes = writeMocFits(moc)
  const at = new TextDecoder('latin1').decode(bytes).indexOf(ICRS_CARD)
  if (at < 0) throw new RangeError('the coverage map names no frame')
  bytes[at + ICRS_CARD.length - 1] = CODES[frame].charCodeAt(0)
  return bytes
}
