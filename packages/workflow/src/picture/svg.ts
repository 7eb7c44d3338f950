import { type GraphLayout, type LayoutOptions, layoutGraph } from './layout.ts'
import type { Picture, PictureNode } from './picture.ts'

/** Options of {@link pictureSvg}. */
export interface SvgOptions extends LayoutOptions {
  /** A layout that was made before. */
  readonly layout?: GraphLayout
  /** Most edges that are drawn; a note says when some are not. Default 200,000. */
  readonly maxEdges?: number
  /** Above this many nodes, texts are left out and shown when the pointer rests on a node. Default 4,000. */
  readonly maxLabels?: number
}

/** Fill colours of classes: distinct, light enough for dark text; classes beyond repeat. */
const COLOURS = [
  '#9ecae1',
  '#fdae6b',
  '#a1d99b',
  '#bcbddc',
  '#f7b6d2',
  '#fdd0a2',
  '#c7e9c0',
  '#dadaeb',
  '#e7cb94',
  '#9edae5',
  '#dbdb8d',
  '#c49c94',
] as const

const FILE_COLOUR = '#f2f2f2'
const CHAR_WIDTH = 7.2
const MAX_LABEL_CHARS = 28
const MARGIN = 20
const LEGEND_ENTRIES = 12

/** Width that the text of a node needs, in pixels. */
export function labelWidth(node: PictureNode): number {
  return Math.max(40, Math.min(MAX_LABEL_CHARS, node.label.length) * CHAR_WIDTH + 16)
}

/** Fill colour of a node, `#rrggbb`. */
export function nodeColour(node: PictureNode): string {
  if (node.kind === 'file' || node.kind === 'file-group') return FILE_COLOUR
  return COLOURS[node.classNumber % COLOURS.length] ?? FILE_COLOUR
}

/** An SVG document of a picture, readable as it is and small enough for a browser also with 100,000 nodes. */
export function pictureSvg(picture: Picture, options: SvgOptions = {}): string {
  const { nodes } = picture
  const hasLabels = nodes.length <= (options.maxLabels ?? 4000)
  const layout = options.layout ?? layoutPicture(picture, hasLabels, options)
  const legend = legendEntries(picture)
  const notes: string[] = []
  const edges = edgePaths(picture, layout, options.maxEdges ?? 200_000, notes)
  const top = MARGIN + 24
  const heading = `${picture.title}: ${summary(picture)}`
  // The heading is bold and a little larger than the texts of the nodes.
  const headingWidth = heading.length * CHAR_WIDTH * 1.2
  const width = Math.ceil(Math.max(layout.width, headingWidth, 280) + 2 * MARGIN)
  const height = Math.ceil(layout.height + top + MARGIN + 18 * (legend.length + notes.length))
  const parts = [
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" font-family="sans-serif" font-size="12">`,
    `<title>${escapeXml(picture.title)}</title>`,
    '<rect width="100%" height="100%" fill="#ffffff"/>',
    `<text x="${MARGIN}" y="${MARGIN}" font-size="14" font-weight="bold">${escapeXml(heading)}</text>`,
    `<g transform="translate(${MARGIN} ${top})">`,
    `<g fill="none" stroke="#5a6472" stroke-width="1" stroke-opacity="${edgeOpacity(picture)}">${edges}</g>`,
    '<g stroke="#39424e" stroke-width="0.8" text-anchor="middle">',
    ...nodes.map((node, i) => nodeShape(node, i, layout, hasLabels)),
    '</g></g>',
    ...legendRows(legend, notes, layout.height + top + MARGIN),
    '</svg>\n',
  ]
  return parts.join('\n')
}

/** Layout of a picture with nodes as wide as their texts, or small marks when there are too many. */
function layoutPicture(picture: Picture, hasLabels: boolean, options: SvgOptions): GraphLayout {
  if (!hasLabels)
    return layoutGraph(picture.graph, { nodeWidth: 8, nodeHeight: 8, gap: 4, levelGap: 40, ...options })
  const nodeWidth = Float64Array.from(picture.nodes, labelWidth)
  return layoutGraph(picture.graph, { nodeWidth, ...options })
}

function summary({ nodes, graph }: Picture): string {
  let jobs = 0
  let files = 0
  for (const node of nodes) {
    if (node.kind === 'file' || node.kind === 'file-group') files += node.count
    else jobs += node.count
  }
  const fileText = files === 0 ? '' : `, ${files} files`
  return `${jobs} jobs${fileText}, ${graph.edgeCount} edges`
}

function edgeOpacity({ graph }: Picture): string {
  return Math.max(0.08, Math.min(0.8, 400 / Math.max(1, graph.edgeCount) + 0.1)).toFixed(2)
}

/** Edges as few long paths; every n-th only when there are too many. */
function edgePaths(picture: Picture, layout: GraphLayout, maxEdges: number, notes: string[]): string {
  const { edgeCount } = picture.graph
  const step = Math.max(1, Math.ceil(edgeCount / Math.max(1, maxEdges)))
  if (step > 1) notes.push(`${Math.ceil(edgeCount / step)} of ${edgeCount} edges are drawn`)
  const paths: string[] = []
  let path = ''
  for (let edge = 0; edge < edgeCount; edge += step) {
    path += edgePath(layout, edge)
    if (path.length > 20_000) {
      paths.push(`<path d="${path}"/>`)
      path = ''
    }
  }
  if (path !== '') paths.push(`<path d="${path}"/>`)
  return paths.join('\n')
}

function edgePath(layout: GraphLayout, edge: number): string {
  const { x, y, chain, chainStart, nodeHeight } = layout
  const start = chainStart[edge]!
  const stop = chainStart[edge + 1]! - 1
  if (chain[start] === chain[stop]) return loopPath(layout, chain[start]!)
  const isDown = y[chain[stop]!]! > y[chain[start]!]!
  const half = isDown ? nodeHeight / 2 : -nodeHeight / 2
  let fromX = x[chain[start]!]!
  let fromY = y[chain[start]!]! + half
  let path = `M${round(fromX)} ${round(fromY)}`
  for (let i = start + 1; i <= stop; i++) {
    const toX = x[chain[i]!]!
    const toY = y[chain[i]!]! - (i === stop ? half : 0)
    const middle = round((fromY + toY) / 2)
    path += `C${round(fromX)} ${middle} ${round(toX)} ${middle} ${round(toX)} ${round(toY)}`
    fromX = toX
    fromY = toY
  }
  return path
}

/** An edge of a node to itself: a loop at its right side. */
function loopPath(layout: GraphLayout, node: number): string {
  const right = round(layout.x[node]! + layout.nodeWidth[node]! / 2)
  const y = layout.y[node]!
  const out = round(right + 14)
  return `M${right} ${round(y - 6)}C${out} ${round(y - 14)} ${out} ${round(y + 14)} ${right} ${round(y + 6)}`
}

function nodeShape(node: PictureNode, i: number, layout: GraphLayout, hasLabel: boolean): string {
  const width = layout.nodeWidth[i]!
  const height = layout.nodeHeight
  const left = round(layout.x[i]! - width / 2)
  const top = round(layout.y[i]! - height / 2)
  const isFile = node.kind === 'file' || node.kind === 'file-group'
  const radius = isFile ? height / 2 : 4
  const stroke = node.kind === 'sub-workflow' ? ' stroke-width="2.5"' : ''
  const box = `<rect x="${left}" y="${top}" width="${round(width)}" height="${height}" rx="${radius}" fill="${nodeColour(node)}"${stroke}/>`
  const title = `<title>${escapeXml(node.id)}</title>`
  if (!hasLabel) return `<g>${title}${box}</g>`
  const text =
    node.label.length > MAX_LABEL_CHARS ? `${node.label.slice(0, MAX_LABEL_CHARS - 1)}…` : node.label
  return `<g>${title}${box}<text x="${round(layout.x[i]!)}" y="${round(layout.y[i]! + 4)}" stroke="none">${escapeXml(text)}</text></g>`
}

interface LegendEntry {
  readonly text: string
  readonly colour: string
}

function legendEntries({ nodes, classes }: Picture): readonly LegendEntry[] {
  const counts = new Float64Array(classes.length)
  for (const node of nodes) counts[node.classNumber]! += node.count
  const entries = classes.map((name, i) => ({
    text: `${name} (${counts[i] ?? 0})`,
    colour: name === 'file' ? FILE_COLOUR : (COLOURS[i % COLOURS.length] ?? FILE_COLOUR),
  }))
  if (entries.length <= LEGEND_ENTRIES) return entries
  const rest = entries.length - LEGEND_ENTRIES + 1
  return [...entries.slice(0, LEGEND_ENTRIES - 1), { text: `and ${rest} more`, colour: '#ffffff' }]
}

function legendRows(
  legend: readonly LegendEntry[],
  notes: readonly string[],
  top: number,
): readonly string[] {
  const rows = legend.map(({ text, colour }, i) => {
    const y = round(top + 18 * i)
    return `<rect x="${MARGIN}" y="${y - 9}" width="14" height="10" fill="${colour}" stroke="#39424e" stroke-width="0.8"/><text x="${MARGIN + 20}" y="${y}">${escapeXml(text)}</text>`
  })
  const texts = notes.map((note, i) => {
    return `<text x="${MARGIN}" y="${round(top + 18 * (legend.length + i))}" fill="#8a2a2a">${escapeXml(note)}</text>`
  })
  return [...rows, ...texts]
}

function round(value: number): number {
  return Math.round(value * 10) / 10
}

/** Text made safe for XML; characters that XML cannot hold become `�`. */
export function escapeXml(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
}
