import { escapeMarkup } from '../escape-markup.ts'
import type { MosaicPoint, MosaicSummary } from '../make/summary.ts'
import { formatNumber } from './html.ts'

/** One line of constant longitude or latitude, in mosaic corner coordinates. */
export interface GraticuleLine {
  readonly label: string
  /** The lowest point of a line of longitude, the leftmost one of a line of latitude. */
  readonly labelAt: MosaicPoint
  readonly points: readonly MosaicPoint[]
}

/** The mosaic picture as a PNG and the lines drawn over it. */
export interface SkyPicture {
  readonly png: Uint8Array
  readonly graticule: readonly GraticuleLine[]
}

/** The mosaic with the outlines of its images and a coordinate grid, as one SVG. */
export function skyMap(summary: MosaicSummary, picture: SkyPicture): string {
  const { width, height } = summary.mosaic
  const fontSize = Math.max(width, height) / 62
  const outlines = summary.images.map((image) => {
    const title = `${image.name}: correction ${formatNumber(image.correctionAtCentre)} at the centre, ${image.coveredPixels} pixels`
    return `<polygon class="outline" tabindex="0" points="${svgPoints(image.outline, height)}"><title>${escapeMarkup(title)}</title></polygon>`
  })
  const lines = picture.graticule.map((line) => {
    const anchor = line.labelAt
    const x = Math.min(anchor.x + fontSize / 3, width - fontSize * 6).toFixed(1)
    const y = Math.max(height - anchor.y - fontSize / 3, fontSize).toFixed(1)
    const text = `<text x="${x}" y="${y}" font-size="${fontSize.toFixed(1)}" stroke-width="${(fontSize / 6).toFixed(1)}">${escapeMarkup(line.label)}</text>`
    return `<polyline class="graticule" points="${svgPoints(line.points, height)}"/>${text}`
  })
  const base64 = toBase64(picture.png)
  return `<div class="sky"><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="The mosaic with the outlines of its images">
<image href="data:image/png;base64,${base64}" width="${width}" height="${height}" preserveAspectRatio="none"/>
<g class="graticules">${lines.join('\n')}</g>
<g class="outlines">${outlines.join('\n')}</g></svg></div>`
}

function svgPoints(points: readonly MosaicPoint[], height: number): string {
  return points.map(({ x, y }) => `${x.toFixed(1)},${(height - y).toFixed(1)}`).join(' ')
}

const BASE64_CODES: Uint8Array = new TextEncoder().encode(
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
)

/** Base64 (RFC 4648) without a string in between, which is several times as fast for pictures. */
function toBase64(bytes: Uint8Array): string {
  const whole = bytes.length - (bytes.length % 3)
  const codes = new Uint8Array((whole / 3) * 4)
  for (let at = 0, out = 0; at < whole; at += 3, out += 4) {
    const word = (bytes[at]! << 16) | (bytes[at + 1]! << 8) | bytes[at + 2]!
    codes[out] = BASE64_CODES[word >> 18]!
    codes[out + 1] = BASE64_CODES[(word >> 12) & 63]!
    codes[out + 2] = BASE64_CODES[(word >> 6) & 63]!
    codes[out + 3] = BASE64_CODES[word & 63]!
  }
  return new TextDecoder().decode(codes) + btoa(String.fromCharCode(...bytes.subarray(whole)))
}
