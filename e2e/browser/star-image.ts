import { memorySink } from '@skyloom/base'
import { Header, writeCompressedImage } from '@skyloom/fits'

/** Pixels along each side of the image. */
export const SIDE = 2000
/** Where the star is, array indices from 0. */
export const STAR = { col: 1093, row: 942 }

const REFERENCE = { raDeg: 83.633, decDeg: 62.0145, fitsX: 1000.5, fitsY: 1000.5 }
const SCALE_DEG = 1e-3

/** A tile-compressed image of integers: noise and one bright star, north up, east left. */
export async function starImage(): Promise<Uint8Array> {
  const data = new Int16Array(SIDE * SIDE)
  let state = 12345
  for (let i = 0; i < data.length; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    data[i] = 100 + (state >>> 27)
  }
  for (let dy = -6; dy <= 6; dy++) {
    for (let dx = -6; dx <= 6; dx++) {
      const index = (STAR.row + dy) * SIDE + STAR.col + dx
      data[index] = (data[index] ?? 0) + Math.round(20_000 * Math.exp(-(dx * dx + dy * dy) / 4))
    }
  }
  const header = new Header()
    .set('CTYPE1', 'RA---TAN')
    .set('CTYPE2', 'DEC--TAN')
    .set('CRVAL1', REFERENCE.raDeg)
    .set('CRVAL2', REFERENCE.decDeg)
    .set('CRPIX1', REFERENCE.fitsX)
    .set('CRPIX2', REFERENCE.fitsY)
    .set('CDELT1', -SCALE_DEG)
    .set('CDELT2', SCALE_DEG)
    .set('RADESYS', 'ICRS')
  const sink = memorySink('stars.fits.fz')
  const plane = { width: SIDE, height: SIDE, data }
  await writeCompressedImage(sink, header, plane, { method: 'RICE_1', tileShape: [100, 100] })
  return sink.bytes()
}

/** Where the star is on the sky, by the formulas of a plate's standard coordinates instead of the library's. */
export function starPosition(): { readonly raDeg: number; readonly decDeg: number } {
  const rad = Math.PI / 180
  const xi = -SCALE_DEG * (STAR.col + 1 - REFERENCE.fitsX) * rad
  const eta = SCALE_DEG * (STAR.row + 1 - REFERENCE.fitsY) * rad
  const [sin0, cos0] = [Math.sin(REFERENCE.decDeg * rad), Math.cos(REFERENCE.decDeg * rad)]
  const below = cos0 - eta * sin0
  const raDeg = REFERENCE.raDeg + Math.atan2(xi, below) / rad
  return { raDeg, decDeg: Math.atan2(sin0 + eta * cos0, Math.hypot(xi, below)) / rad }
}
