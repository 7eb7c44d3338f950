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

/** The mosaic picture and the lines drawn over it. */
export interface SkyPicture {
  /** PNG in base64 (RFC 4648), which platforms make far faster than a loop does. */
  readonly pngBase64: string
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
  return `<div class="sky"><svg viewBox="0 0 ${width} ${height}" role="img" aria-label="The mosaic with the outlines of its images">
<image href="data:image/png;base64,${picture.pngBase64}" width="${width}" height="${height}" preserveAspectRatio="none"/>
<g class="graticules">${lines.join('\n')}</g>
<g class="outlines">${outlines.join('\n')}</g></svg></div>`
}

function svgPoints(points: readonly MosaicPoint[], height: number): string {
  return points.map(({ x, y }) => `${x.toFixed(1)},${(height - y).toFixed(1)}`).join(' ')
}
