import { type GraphLayout, layoutGraph } from '../../picture/layout.ts'
import type { Picture, PictureNode } from '../../picture/picture.ts'
import { labelWidth, nodeColour } from '../../picture/svg.ts'
import { Canvas, type Colour, parseColour } from './canvas.ts'
import { encodePng } from './encode-png.ts'
import { LETTER_HEIGHT, LETTER_WIDTH } from './font.ts'

/** Most pixels of a picture; larger ones are drawn smaller. */
const MAX_PIXELS = 40_000_000
/** Longest side, pixels. */
const MAX_SIDE = 16_000
/** Pixels of the picture for one of the layout, when there is room. */
const BEST_SCALE = 2
/** Above this many nodes, and below this scale, boxes have no texts. */
const MAX_LABELS = 4000
const LEAST_TEXT_SCALE = 0.9
const MARGIN = 20
const HEADING = 24
const MAX_LABEL_LETTERS = 28
/** Straight pieces of one bend. */
const PIECES = 12

const INK: Colour = [0x22, 0x2a, 0x33]
const EDGE: Colour = [0x5a, 0x64, 0x72]

/** A PNG of a picture, laid out like its SVG; large pictures are drawn smaller and without texts. */
export function picturePng(picture: Picture): Uint8Array {
  const { nodes, graph } = picture
  const isLabelled = nodes.length <= MAX_LABELS
  const layout = isLabelled
    ? layoutGraph(graph, { nodeWidth: Float64Array.from(nodes, labelWidth) })
    : layoutGraph(graph, { nodeWidth: 8, nodeHeight: 8, gap: 4, levelGap: 40 })
  const heading = `${picture.title}: ${nodes.length} nodes, ${graph.edgeCount} edges`
  const width = Math.max(layout.width, heading.length * LETTER_WIDTH) + 2 * MARGIN
  const height = layout.height + 2 * MARGIN + HEADING
  const scale = Math.min(
    BEST_SCALE,
    Math.sqrt(MAX_PIXELS / (width * height)),
    MAX_SIDE / width,
    MAX_SIDE / height,
  )
  const canvas = new Canvas(Math.max(1, Math.ceil(width * scale)), Math.max(1, Math.ceil(height * scale)))
  const drawing = new Drawing(canvas, layout, scale, isLabelled && scale >= LEAST_TEXT_SCALE)
  drawing.heading(heading)
  drawing.edges(graph.edgeCount)
  nodes.forEach((node, i) => drawing.node(node, i))
  return encodePng(canvas)
}

class Drawing {
  readonly #canvas: Canvas
  readonly #layout: GraphLayout
  readonly #scale: number
  readonly #dot: number
  readonly #hasTexts: boolean

  constructor(canvas: Canvas, layout: GraphLayout, scale: number, hasTexts: boolean) {
    this.#canvas = canvas
    this.#layout = layout
    this.#scale = scale
    this.#dot = Math.max(1, Math.floor(scale))
    this.#hasTexts = hasTexts
  }

  heading(text: string): void {
    this.#canvas.text(MARGIN * this.#scale, (MARGIN / 2) * this.#scale, text, this.#dot, INK)
  }

  edges(count: number): void {
    const opacity = Math.max(0.08, Math.min(0.8, 400 / Math.max(1, count) + 0.1))
    for (let edge = 0; edge < count; edge++) this.#edge(edge, opacity)
  }

  #edge(edge: number, opacity: number): void {
    const { x, y, chain, chainStart, nodeHeight } = this.#layout
    const start = chainStart[edge]!
    const stop = chainStart[edge + 1]! - 1
    const isDown = y[chain[stop]!]! > y[chain[start]!]!
    const half = isDown ? nodeHeight / 2 : -nodeHeight / 2
    let fromX = x[chain[start]!]!
    let fromY = y[chain[start]!]! + half
    for (let i = start + 1; i <= stop; i++) {
      const toX = x[chain[i]!]!
      const toY = y[chain[i]!]! - (i === stop ? half : 0)
      this.#bend(fromX, fromY, toX, toY, opacity)
      fromX = toX
      fromY = toY
    }
  }

  /** Goes down (or up), crosses over, and arrives the way it left: a cubic with both handles at half height. */
  #bend(fromX: number, fromY: number, toX: number, toY: number, opacity: number): void {
    const pieces = Math.abs(toX - fromX) < 1 ? 1 : PIECES
    let lastX = fromX
    let lastY = fromY
    for (let piece = 1; piece <= pieces; piece++) {
      const t = piece / pieces
      const across = t * t * (3 - 2 * t)
      const along = (3 * t * (1 - t)) / 2 + t ** 3
      const nextX = fromX + (toX - fromX) * across
      const nextY = fromY + (toY - fromY) * along
      this.#canvas.line(this.#x(lastX), this.#y(lastY), this.#x(nextX), this.#y(nextY), EDGE, opacity)
      lastX = nextX
      lastY = nextY
    }
  }

  node(node: PictureNode, i: number): void {
    const width = this.#layout.nodeWidth[i]!
    const { nodeHeight } = this.#layout
    const left = this.#x(this.#layout.x[i]! - width / 2)
    const top = this.#y(this.#layout.y[i]! - nodeHeight / 2)
    const boxWidth = Math.max(1, width * this.#scale)
    const boxHeight = Math.max(1, nodeHeight * this.#scale)
    const line = boxHeight < 4 ? 0 : node.kind === 'sub-workflow' ? 3 * this.#dot : this.#dot
    this.#canvas.box(left, top, boxWidth, boxHeight, line, parseColour(nodeColour(node)), INK)
    if (!this.#hasTexts) return
    const letters = Array.from(node.label)
    const text =
      letters.length > MAX_LABEL_LETTERS
        ? `${letters.slice(0, MAX_LABEL_LETTERS - 2).join('')}..`
        : node.label
    const textWidth = Array.from(text).length * LETTER_WIDTH * this.#dot
    this.#canvas.text(
      left + (boxWidth - textWidth) / 2,
      top + (boxHeight - LETTER_HEIGHT * this.#dot) / 2,
      text,
      this.#dot,
      INK,
    )
  }

  #x(x: number): number {
    return (x + MARGIN) * this.#scale
  }

  #y(y: number): number {
    return (y + MARGIN + HEADING) * this.#scale
  }
}
