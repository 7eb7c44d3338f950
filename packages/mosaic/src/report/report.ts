import { escapeMarkup } from '../escape-markup.ts'
import type { MosaicSummary, PairSummary } from '../make/summary.ts'
import { formatBytes, formatNumber, table } from './html.ts'
import { type SkyPicture, skyMap } from './sky-map.ts'
import { REPORT_STYLE } from './style.ts'

/** The report of a mosaic: one HTML page that needs nothing else, neither network nor script. */
export function mosaicReport(summary: MosaicSummary, picture: SkyPicture): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>Mosaic of ${summary.images.length} images</title><style>${REPORT_STYLE}</style></head>
<body><main>
${heading(summary)}
${warnings(summary)}
<h2>The sky</h2>
<input type="checkbox" id="show-outlines" checked> <label for="show-outlines">image outlines</label>
<input type="checkbox" id="show-graticule" checked> <label for="show-graticule">coordinate grid</label>
<figure>${skyMap(summary, picture)}
<figcaption>${pictureCaption(summary)}</figcaption></figure>
${residuals(summary)}
${corrections(summary)}
${stages(summary)}
${inputs(summary)}
${products(summary)}
${parameters(summary)}
</main></body></html>
`
}

function heading(summary: MosaicSummary): string {
  const { mosaic } = summary
  const facts: readonly (readonly [string, string])[] = [
    [`${mosaic.width} × ${mosaic.height}`, 'pixels'],
    [`${formatNumber(mosaic.pixelScaleArcsec, 4)}″`, 'a pixel'],
    [String(summary.images.length), 'images'],
    [String(summary.pairs.length), 'overlapping pairs'],
    [
      `${formatNumber(summary.residual.rmsBefore, 3)} → ${formatNumber(summary.residual.rmsAfter, 3)}`,
      `residual rms${unitText(summary)}`,
    ],
    [`${summary.seconds.toFixed(1)} s`, `${summary.cpuSeconds.toFixed(1)} s CPU`],
    [formatBytes(summary.peakMemoryBytes), 'peak memory'],
  ]
  return `<h1>Mosaic of ${summary.images.length} images${summary.status === 'partial' ? ' (partial)' : ''}</h1>
<p class="lead">${escapeMarkup(mosaic.projection)} projection, ${escapeMarkup(mosaic.frame)}, centre ${mosaic.centre.lonDeg.toFixed(5)}°, ${mosaic.centre.latDeg.toFixed(5)}°.
Made by ${escapeMarkup(summary.program)} ${escapeMarkup(summary.version)}, ${escapeMarkup(summary.createdAt)}.</p>
<div class="facts">${facts.map(([value, label]) => `<div><b>${value}</b><span>${escapeMarkup(label)}</span></div>`).join('')}</div>`
}

function unitText(summary: MosaicSummary): string {
  return summary.mosaic.unit === undefined ? '' : `, ${summary.mosaic.unit}`
}

function warnings(summary: MosaicSummary): string {
  const notes = summary.warnings.map((text) => `<p class="note">${escapeMarkup(text)}</p>`)
  if (summary.rejected.length === 0) return notes.join('\n')
  const rows = summary.rejected.map((file) => [
    escapeMarkup(file.name),
    `<code>${escapeMarkup(file.code)}</code>`,
    escapeMarkup(file.reason),
  ])
  return `${notes.join('\n')}<h2>Left out</h2>${table('Files that are not part of the mosaic, and why', ['file', 'code', 'reason'], rows)}`
}

function pictureCaption(summary: MosaicSummary): string {
  const { mosaic } = summary
  return `Gaussian-log stretch from one sigma below the median to the maximum. Values ${formatNumber(mosaic.min)} to ${formatNumber(mosaic.max)}${escapeMarkup(unitText(summary))}, mean ${formatNumber(mosaic.mean)}, ${mosaic.finitePixels} pixels with data. Point at an outline for its image.`
}

/** Bars are drawn up to this length, pixels. */
const BAR_PIXELS = 130

function residuals(summary: MosaicSummary): string {
  const largest = summary.pairs.reduce((most, pair) => Math.max(most, pair.rmsBefore, pair.rmsAfter), 0)
  const bar = (value: number, name: string): string =>
    `<i class="bar ${name}" style="width:${(largest > 0 ? (BAR_PIXELS * value) / largest : 0).toFixed(1)}px"></i>`
  const row = (pair: PairSummary): readonly string[] => [
    `${escapeMarkup(pair.plus)}<br>${escapeMarkup(pair.minus)}`,
    String(pair.pixelCount),
    formatNumber(pair.meanBefore, 4),
    formatNumber(pair.meanAfter, 4),
    formatNumber(pair.rmsBefore, 4),
    formatNumber(pair.rmsAfter, 4),
    `<span style="display:block;text-align:left">${bar(pair.rmsBefore, 'before')}<br>${bar(pair.rmsAfter, 'after')}</span>`,
    pair.rejected === undefined ? formatNumber(pair.weight, 3) : `no: ${pair.rejected.replaceAll('-', ' ')}`,
  ]
  if (summary.pairs.length === 0) return '<h2>Overlaps</h2><p>No two images overlap.</p>'
  return `<h2>Overlaps</h2><p class="legend">Difference of each pair over the pixels of its plane fit, before <i class="bar before" style="width:24px"></i> and after <i class="bar after" style="width:24px"></i> correction.</p>
${table('Pairs', ['images', 'pixels', 'mean before', 'mean after', 'rms before', 'rms after', '', 'weight'], summary.pairs.map(row))}`
}

function corrections(summary: MosaicSummary): string {
  const rows = summary.images.map((image) => [
    escapeMarkup(image.name),
    formatNumber(image.correction.a, 6),
    formatNumber(image.correction.b, 6),
    formatNumber(image.correction.c, 6),
    image.isAnchor ? 'fixed' : formatNumber(image.correctionAtCentre, 5),
  ])
  return `<h2>Background corrections</h2>
<p class="legend">Subtracted from each image: a x + b y + c with x = column - CRPIX1, y = row - CRPIX2 of the template, columns and rows from 0.
Overlaps fix only differences between images; ${gaugeText(summary)}</p>
${table(`Background model: ${summary.parameters.background}`, ['image', 'a', 'b', 'c', 'at the centre'], rows)}`
}

function stages(summary: MosaicSummary): string {
  const longest = summary.stages.reduce((most, stage) => Math.max(most, stage.seconds), 0)
  const rows = summary.stages.map((stage) => [
    escapeMarkup(stage.stage),
    stage.seconds.toFixed(3),
    formatBytes(stage.bytesRead),
    formatBytes(stage.bytesWritten),
    `<span style="display:block;text-align:left"><i class="bar after" style="width:${(longest > 0 ? (BAR_PIXELS * stage.seconds) / longest : 0).toFixed(1)}px"></i></span>`,
  ])
  return `<h2>Stages</h2>${table('Wall time and bytes', ['stage', 'seconds', 'read', 'written', ''], rows)}`
}

function inputs(summary: MosaicSummary): string {
  const rows = summary.images.map((image) => [
    escapeMarkup(image.name),
    String(image.hdu),
    `${image.width} × ${image.height}`,
    formatBytes(image.sizeBytes),
    image.mapErrorPixels.toExponential(1),
    percent(image.exactCellFraction),
    `<code>${image.sha256}</code>`,
  ])
  return `<h2>Inputs</h2>${table('Every image of the mosaic', ['file', 'hdu', 'pixels', 'size', 'map error (px)', 'mapped exactly', 'SHA-256'], rows)}${qualities(summary)}`
}

function percent(fraction: number): string {
  return `${formatNumber(100 * fraction, 3)} %`
}

function gaugeText({ images, parameters }: MosaicSummary): string {
  if (parameters.solver === 'classic') return 'their common plane is left as the classic iteration gives it.'
  const common =
    'the plane common to all images of a group was chosen so that the images change least: their mean slope and mean level are zero.'
  return images.some(({ isAnchor }) => isAnchor)
    ? `images that are fixed keep their values and the others of their group follow; in groups without one, ${common}`
    : common
}

/** What is known of the pixels of the images beside their values, where anything is. */
function qualities({ images }: MosaicSummary): string {
  const rows = images.flatMap(({ name, quality, coveredPixels }) =>
    quality === undefined
      ? []
      : [
          [
            escapeMarkup(name),
            String(quality.maskedPixels),
            quality.noise === undefined ? '–' : formatNumber(quality.noise, 4),
            quality.rejectedPixels === undefined
              ? '–'
              : `${quality.rejectedPixels} (${percent(quality.rejectedPixels / coveredPixels)})`,
            quality.partners.map(({ kind, name: file }) => escapeMarkup(`${kind} ${file}`)).join('<br>'),
          ],
        ],
  )
  if (rows.length === 0) return ''
  const head = ['file', 'masked pixels', 'noise', 'rejected as outliers', 'goes with']
  return table('Pixels that do not count, noise, and what they are known from', head, rows)
}

function products(summary: MosaicSummary): string {
  const rows = summary.products.map((file) => [
    escapeMarkup(file.name),
    formatBytes(file.sizeBytes),
    `<code>${file.sha256}</code>`,
  ])
  return `<h2>Products</h2>${table('Files beside this page', ['file', 'size', 'SHA-256'], rows)}`
}

function parameters(summary: MosaicSummary): string {
  const rows = Object.entries(summary.parameters).map(([name, value]) => [
    escapeMarkup(name),
    escapeMarkup(Array.isArray(value) ? value.join(', ') : String(value)),
  ])
  return `<h2>Parameters</h2>${table('As used', ['parameter', 'value'], rows)}`
}
