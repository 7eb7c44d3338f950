import { readExactly, throwIfAborted } from '@skyloom/base'
import { uncompressedHeader } from '../compress/uncompressed-header.ts'
import type { FitsFile } from '../hdu/fits-file.ts'
import type { Hdu } from '../hdu/hdu.ts'
import type { CardValue, Complex } from '../header/card.ts'
import type { Header } from '../header/header.ts'
import { readCube } from '../image/read-image.ts'
import type { PixelBox } from '../image/region.ts'
import { rowBoxes, tileRowsOf } from '../image/row-boxes.ts'

/** How much two values may differ and still count as equal: |b - a| <= atol + rtol |a|. */
export interface DiffOptions {
  readonly atol?: number
  readonly rtol?: number
  /** Keywords that are not compared, besides CHECKSUM and DATASUM. */
  readonly ignoreKeywords?: readonly string[]
  readonly signal?: AbortSignal | undefined
}

/** One card that differs; undefined stands for a card that is not there. */
export interface CardDifference {
  readonly keyword: string
  readonly a: string | undefined
  readonly b: string | undefined
}

/** How two images differ. */
export interface PixelDifference {
  readonly compared: number
  /** Pixels that differ by more than is allowed, or have a value in one image only. */
  readonly different: number
  /** Pixels with a value in one image only. */
  readonly blankMismatch: number
  readonly maxAbsolute: number
  readonly maxRelative: number
  readonly rms: number
  /** Index of the first different pixel, NAXIS1 first, from 0. */
  readonly first: readonly number[] | undefined
}

/** How two HDUs differ. */
export interface HduDifference {
  readonly index: number
  readonly name: string
  /** In what the HDUs cannot be compared: type or shape. */
  readonly structure: readonly string[]
  readonly cards: readonly CardDifference[]
  /** Of images of one shape. */
  readonly pixels: PixelDifference | undefined
  /** Of other HDUs with data: count of bytes that differ. */
  readonly bytes: number | undefined
}

/** How two files differ. */
export interface FitsDifference {
  readonly isEqual: boolean
  readonly hduCounts: readonly [number, number]
  readonly hdus: readonly HduDifference[]
}

/** Cards that describe how data are stored rather than what they are. */
const ALWAYS_IGNORED: readonly string[] = [
  'CHECKSUM',
  'DATASUM',
  'SIMPLE',
  'XTENSION',
  'EXTEND',
  'PCOUNT',
  'GCOUNT',
]
const BLOCK_BYTES = 1 << 22

/**
 * Compares two files HDU by HDU: cards by value, images by physical pixels, other data byte by byte. A compressed image counts as the
 * image in it.
 *
 * @throws FitsError those of reading
 */
export async function diffFits(a: FitsFile, b: FitsFile, options: DiffOptions = {}): Promise<FitsDifference> {
  const [hdusA, hdusB] = [comparable(await a.allHdus()), comparable(await b.allHdus())]
  const hdus: HduDifference[] = []
  for (const [index, hduA] of hdusA.entries()) {
    const hduB = hdusB[index]
    if (hduB !== undefined) hdus.push(await diffHdu(hduA, hduB, options))
  }
  const isEqual = hdusA.length === hdusB.length && hdus.every(isSame)
  return { isEqual, hduCounts: [hdusA.length, hdusB.length], hdus }
}

/** HDUs as they are without compression: unpacked headers, and no empty primary before a compressed primary image. */
function comparable(hdus: readonly Hdu[]): readonly ComparableHdu[] {
  const second = hdus[1]
  const isPacked =
    hdus[0]?.type === 'empty' && second?.type === 'compressed-image' && second.header.has('ZSIMPLE')
  return (isPacked ? hdus.slice(1) : hdus).map((hdu) => ({
    hdu,
    header: hdu.type === 'compressed-image' ? uncompressedHeader(hdu) : hdu.header,
  }))
}

/** An HDU with the header that its content has without compression. */
interface ComparableHdu {
  readonly hdu: Hdu
  readonly header: Header
}

function isSame({ structure, cards, pixels, bytes }: HduDifference): boolean {
  return structure.length === 0 && cards.length === 0 && (pixels?.different ?? 0) === 0 && (bytes ?? 0) === 0
}

async function diffHdu(
  { hdu: a, header: headerA }: ComparableHdu,
  { hdu: b, header: headerB }: ComparableHdu,
  options: DiffOptions,
): Promise<HduDifference> {
  const structure: string[] = []
  const kindA = isImage(a) ? 'image' : a.type
  const kindB = isImage(b) ? 'image' : b.type
  if (kindA !== kindB) structure.push(`type ${kindA} and ${kindB}`)
  if (a.shape.join() !== b.shape.join())
    structure.push(`shape ${a.shape.join(' x ')} and ${b.shape.join(' x ')}`)
  const cards = diffCards(headerA, headerB, new Set([...ALWAYS_IGNORED, ...(options.ignoreKeywords ?? [])]))
  const comparable = structure.length === 0
  const pixels = comparable && isImage(a) && a.shape.length > 0 ? await diffPixels(a, b, options) : undefined
  const bytes = comparable && !isImage(a) && a.dataBytes > 0 ? await diffBytes(a, b, options) : undefined
  return { index: a.index, name: a.name, structure, cards, pixels, bytes }
}

function isImage(hdu: Hdu): boolean {
  return hdu.type === 'image' || hdu.type === 'compressed-image'
}

function diffCards(a: Header, b: Header, ignored: ReadonlySet<string>): readonly CardDifference[] {
  const keywords = new Set([...a, ...b].map((card) => card.keyword))
  const differences: CardDifference[] = []
  for (const keyword of keywords) {
    if (ignored.has(keyword)) continue
    const textA = cardTexts(a, keyword)
    const textB = cardTexts(b, keyword)
    if (textA !== textB) differences.push({ keyword, a: textA, b: textB })
  }
  return differences
}

/** All values of a keyword as one text; commentary cards by their text. */
function cardTexts(header: Header, keyword: string): string | undefined {
  const cards = header.cardsOf(keyword)
  if (cards.length === 0) return undefined
  return cards.map((card) => (card.type === 'commentary' ? card.comment : valueText(card.value))).join('\n')
}

function valueText(value: CardValue): string {
  if (value === undefined) return 'undefined'
  if (typeof value === 'boolean') return value ? 'T' : 'F'
  if (typeof value === 'object') return complexText(value)
  return String(value)
}

function complexText({ re, im }: Complex): string {
  return `(${re}, ${im})`
}

async function diffPixels(a: Hdu, b: Hdu, options: DiffOptions): Promise<PixelDifference> {
  const { atol = 0, rtol = 0 } = options
  const total = {
    compared: 0,
    different: 0,
    blankMismatch: 0,
    maxAbsolute: 0,
    maxRelative: 0,
    squares: 0,
    both: 0,
  }
  let first: readonly number[] | undefined
  for (const box of rowBoxes(a.shape.toReversed(), Math.max(tileRowsOf(a), tileRowsOf(b)))) {
    throwIfAborted(options.signal)
    const read = { as: 'float64' as const, ...box, signal: options.signal }
    const [{ data: x }, { data: y }] = [await readCube(a, read), await readCube(b, read)]
    for (let i = 0; i < x.length; i++) {
      const p = x[i]!
      const q = y[i]!
      total.compared++
      const hasP = Number.isFinite(p)
      if (hasP !== Number.isFinite(q)) total.blankMismatch++
      else if (!hasP) continue
      else {
        const distance = Math.abs(q - p)
        total.both++
        total.squares += distance * distance
        total.maxAbsolute = Math.max(total.maxAbsolute, distance)
        if (p !== 0) total.maxRelative = Math.max(total.maxRelative, distance / Math.abs(p))
        if (distance <= atol + rtol * Math.abs(p)) continue
      }
      total.different++
      first ??= placeIn(box, i)
    }
  }
  const { squares, both, ...counts } = total
  return { ...counts, rms: both > 0 ? Math.sqrt(squares / both) : 0, first }
}

function placeIn({ start, size }: PixelBox, index: number): readonly number[] {
  let rest = index
  return start.map((first, axis) => {
    const length = size[axis] ?? 1
    const place = first + (rest % length)
    rest = Math.floor(rest / length)
    return place
  })
}

async function diffBytes(a: Hdu, b: Hdu, options: DiffOptions): Promise<number> {
  let different = Math.abs(a.dataBytes - b.dataBytes)
  const common = Math.min(a.dataBytes, b.dataBytes)
  for (let done = 0; done < common; done += BLOCK_BYTES) {
    throwIfAborted(options.signal)
    const count = Math.min(BLOCK_BYTES, common - done)
    const x = await readExactly(a.source, a.dataOffset + done, count)
    const y = await readExactly(b.source, b.dataOffset + done, count)
    for (let i = 0; i < count; i++) if (x[i] !== y[i]) different++
  }
  return different
}
