import { MosaicError } from '../../errors.ts'

/** A TrueType font: outlines by character. */
export interface Font {
  readonly name: string
  /** Units of the outlines in one em. */
  readonly unitsPerEm: number
  /** Height of the tallest usual letters above the base line, units. */
  readonly ascent: number
  /** Depth below the base line, positive. */
  readonly descent: number
  /** Outline of a character; that of the missing glyph when the font has none. */
  glyph(codePoint: number): Glyph
}

/** One character. */
export interface Glyph {
  /** Width, units. */
  readonly advance: number
  /** Closed contours in units, y upwards, curves already resolved into short lines. */
  readonly contours: readonly Float64Array[]
}

/** Glyphs made of glyphs made of glyphs: no real font goes deeper. */
const MAX_DEPTH = 6
/** Lines that stand for one curve: within 1/500 of its size. */
const LINES_PER_CURVE = 6

/**
 * Reads a TrueType font (`.ttf`) with quadratic outlines.
 *
 * Source: Apple TrueType Reference Manual and OpenType 1.9: `head`, `maxp`, `hhea`, `hmtx`, `cmap` formats 4 and 12, `loca`, `glyf`.
 *
 * @throws MosaicError `MOSAIC_BAD_FONT`
 */
export function readTrueType(bytes: Uint8Array, name: string): Font {
  try {
    return openFont(new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength), name)
  } catch (cause) {
    throw new MosaicError('MOSAIC_BAD_FONT', 'the font cannot be read', {
      where: [name],
      found: cause instanceof Error ? cause.message : String(cause),
      allowed: 'a TrueType font with glyf outlines',
      remedy: 'choose another .ttf file',
      cause,
    })
  }
}

function openFont(view: DataView, name: string): Font {
  const tables = tableDirectory(view)
  const head = need(tables, 'head')
  const hhea = need(tables, 'hhea')
  const unitsPerEm = head.getUint16(18)
  if (unitsPerEm === 0) throw new RangeError('unitsPerEm is 0')
  const outlines: Outlines = {
    glyf: need(tables, 'glyf'),
    loca: need(tables, 'loca'),
    isLongLoca: head.getInt16(50) === 1,
    count: need(tables, 'maxp').getUint16(4),
  }
  const hmtx = need(tables, 'hmtx')
  const metricCount = Math.max(1, hhea.getUint16(34))
  const indexOf = characterMap(need(tables, 'cmap'))
  const glyphs = new Map<number, Glyph>()
  const make = (codePoint: number): Glyph => {
    const index = indexOf(codePoint)
    const advance = hmtx.getUint16(4 * Math.min(index, metricCount - 1))
    return { advance, contours: outlineOf(outlines, index, 0).map(flattened) }
  }
  // A broken table shows when it is read, not when text is drawn.
  make(65)
  return {
    name,
    unitsPerEm,
    ascent: hhea.getInt16(4),
    descent: -hhea.getInt16(6),
    glyph(codePoint) {
      const found = glyphs.get(codePoint)
      if (found !== undefined) return found
      const made = make(codePoint)
      glyphs.set(codePoint, made)
      return made
    },
  }
}

function tableDirectory(view: DataView): ReadonlyMap<string, DataView> {
  const tables = new Map<string, DataView>()
  const count = view.getUint16(4)
  for (let i = 0; i < count; i++) {
    const at = 12 + 16 * i
    const tag = String.fromCharCode(...[0, 1, 2, 3].map((byte) => view.getUint8(at + byte)))
    tables.set(tag, part(view, view.getUint32(at + 8), view.getUint32(at + 12)))
  }
  return tables
}

function part(view: DataView, offset: number, length: number = view.byteLength - offset): DataView {
  return new DataView(view.buffer, view.byteOffset + offset, length)
}

function need(tables: ReadonlyMap<string, DataView>, tag: string): DataView {
  const table = tables.get(tag)
  if (table === undefined) throw new RangeError(`no table ${tag}`)
  return table
}

/** From code point to glyph index; 0 is the missing glyph. */
function characterMap(cmap: DataView): (codePoint: number) => number {
  let best: { readonly format: number; readonly table: DataView } | undefined
  for (let i = 0; i < cmap.getUint16(2); i++) {
    const table = part(cmap, cmap.getUint32(4 + 8 * i + 4))
    const format = table.getUint16(0)
    if (format === 12 || (format === 4 && best?.format !== 12)) best = { format, table }
  }
  if (best === undefined) throw new RangeError('no character map of format 4 or 12')
  const { format, table } = best
  return format === 12 ? (code) => groupIndex(table, code) : (code) => segmentIndex(table, code)
}

/** Character map of format 12. */
function groupIndex(table: DataView, code: number): number {
  const count = table.getUint32(12)
  for (let i = 0; i < count; i++) {
    const at = 16 + 12 * i
    if (code < table.getUint32(at)) return 0
    if (code <= table.getUint32(at + 4)) return table.getUint32(at + 8) + code - table.getUint32(at)
  }
  return 0
}

/** Character map of format 4. */
function segmentIndex(table: DataView, code: number): number {
  if (code > 0xffff) return 0
  const size = table.getUint16(6)
  for (let i = 0; i < size; i += 2) {
    if (table.getUint16(14 + i) < code) continue
    const start = table.getUint16(16 + size + i)
    if (start > code) return 0
    const delta = table.getUint16(16 + 2 * size + i)
    const at = 16 + 3 * size + i
    const offset = table.getUint16(at)
    if (offset === 0) return (code + delta) & 0xffff
    const index = table.getUint16(at + offset + 2 * (code - start))
    return index === 0 ? 0 : (index + delta) & 0xffff
  }
  return 0
}

interface Outlines {
  readonly glyf: DataView
  readonly loca: DataView
  readonly isLongLoca: boolean
  readonly count: number
}

interface OutlinePoint {
  readonly x: number
  readonly y: number
  readonly isOnCurve: boolean
}

type Outline = readonly (readonly OutlinePoint[])[]

function outlineOf(outlines: Outlines, index: number, depth: number): Outline {
  const { glyf, loca, isLongLoca, count } = outlines
  if (index >= count || depth > MAX_DEPTH) return []
  const place = (i: number): number => (isLongLoca ? loca.getUint32(4 * i) : 2 * loca.getUint16(2 * i))
  if (place(index + 1) <= place(index)) return []
  const glyph = part(glyf, place(index))
  const contourCount = glyph.getInt16(0)
  return contourCount >= 0 ? simpleOutline(glyph, contourCount) : compositeOutline(outlines, glyph, depth)
}

function simpleOutline(glyph: DataView, contourCount: number): Outline {
  if (contourCount === 0) return []
  const ends = Array.from({ length: contourCount }, (_, i) => glyph.getUint16(10 + 2 * i))
  const pointCount = (ends.at(-1) ?? -1) + 1
  let at = 10 + 2 * contourCount
  at += 2 + glyph.getUint16(at)
  const flags: number[] = []
  while (flags.length < pointCount) {
    const flag = glyph.getUint8(at++)
    const repeats = (flag & 8) !== 0 ? glyph.getUint8(at++) : 0
    for (let i = 0; i <= repeats; i++) flags.push(flag)
  }
  const axis = (shortBit: number, sameBit: number): number[] => {
    let value = 0
    return flags.slice(0, pointCount).map((flag) => {
      if ((flag & shortBit) !== 0)
        value += (flag & sameBit) !== 0 ? glyph.getUint8(at++) : -glyph.getUint8(at++)
      else if ((flag & sameBit) === 0) {
        value += glyph.getInt16(at)
        at += 2
      }
      return value
    })
  }
  const xs = axis(2, 16)
  const ys = axis(4, 32)
  return ends.map((end, i) => {
    const start = i === 0 ? 0 : (ends[i - 1] ?? 0) + 1
    return Array.from({ length: Math.max(0, end - start + 1) }, (_, k) => {
      const point = start + k
      return { x: xs[point] ?? 0, y: ys[point] ?? 0, isOnCurve: ((flags[point] ?? 0) & 1) !== 0 }
    })
  })
}

function compositeOutline(outlines: Outlines, glyph: DataView, depth: number): Outline {
  const contours: (readonly OutlinePoint[])[] = []
  let at = 10
  for (;;) {
    const flags = glyph.getUint16(at)
    const index = glyph.getUint16(at + 2)
    const hasWords = (flags & 1) !== 0
    const [dx, dy] = hasWords
      ? [glyph.getInt16(at + 4), glyph.getInt16(at + 6)]
      : [glyph.getInt8(at + 4), glyph.getInt8(at + 5)]
    at += hasWords ? 8 : 6
    const f2dot14 = (): number => {
      at += 2
      return glyph.getInt16(at - 2) / 16384
    }
    let [xx, xy, yx, yy] = [1, 0, 0, 1]
    if ((flags & 8) !== 0) xx = yy = f2dot14()
    else if ((flags & 0x40) !== 0) [xx, yy] = [f2dot14(), f2dot14()]
    else if ((flags & 0x80) !== 0) [xx, xy, yx, yy] = [f2dot14(), f2dot14(), f2dot14(), f2dot14()]
    // Without flag 2 the two numbers match points instead of being offsets; fonts for text do not use that.
    const [offsetX, offsetY] = (flags & 2) !== 0 ? [dx, dy] : [0, 0]
    for (const contour of outlineOf(outlines, index, depth + 1)) {
      contours.push(
        contour.map(({ x, y, isOnCurve }) => ({
          x: xx * x + yx * y + offsetX,
          y: xy * x + yy * y + offsetY,
          isOnCurve,
        })),
      )
    }
    if ((flags & 0x20) === 0) return contours
  }
}

/** Resolves the quadratic curves of a contour; between two control points lies a point on the curve. */
function flattened(contour: readonly OutlinePoint[]): Float64Array {
  const points: OutlinePoint[] = []
  for (const [i, point] of contour.entries()) {
    const next = contour[(i + 1) % contour.length] ?? point
    points.push(point)
    if (!point.isOnCurve && !next.isOnCurve)
      points.push({ x: (point.x + next.x) / 2, y: (point.y + next.y) / 2, isOnCurve: true })
  }
  const first = points.findIndex(({ isOnCurve }) => isOnCurve)
  if (first < 0) return new Float64Array(0)
  const turned = [...points.slice(first), ...points.slice(0, first)]
  const line: number[] = []
  for (const [i, point] of turned.entries()) {
    if (point.isOnCurve) {
      line.push(point.x, point.y)
      continue
    }
    const from = turned[i - 1]!
    const to = turned[(i + 1) % turned.length]!
    for (let k = 1; k < LINES_PER_CURVE; k++) {
      const t = k / LINES_PER_CURVE
      const [a, b, c] = [(1 - t) * (1 - t), 2 * t * (1 - t), t * t]
      line.push(a * from.x + b * point.x + c * to.x, a * from.y + b * point.y + c * to.y)
    }
  }
  return Float64Array.from(line)
}
