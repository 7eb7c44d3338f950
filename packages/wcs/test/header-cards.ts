import { readFileSync } from 'node:fs'
import { gunzipSync } from 'node:zlib'
import type { KeywordValue } from '../src/keywords/keyword-reader.ts'

/**
 * Just enough FITS to get at the keywords of test images without the FITS package, which this one must not import: fixed-format cards,
 * HDUs found by their sizes.
 */

/** Values of the keywords of a header, all of those that stand several times. */
export type Cards = ReadonlyMap<string, readonly KeywordValue[]>

/** One HDU: its keywords and where its data lie. */
export interface TestHdu {
  readonly cards: Cards
  readonly bytes: Uint8Array
  readonly dataOffset: number
}

const BLOCK = 2880

/** First value of a keyword. */
export function valueOf(cards: Cards): (keyword: string) => KeywordValue {
  return (keyword) => cards.get(keyword)?.[0]
}

function parseValue(text: string): KeywordValue {
  const quoted = /^\s*'((?:[^']|'')*)'/.exec(text)
  if (quoted !== null) return (quoted[1] ?? '').replaceAll("''", "'").trimEnd()
  const word = (text.split('/')[0] ?? '').trim()
  if (word === '') return undefined
  if (word === 'T' || word === 'F') return word === 'T'
  const number = Number(word.replace(/[Dd]/, 'E'))
  return Number.isNaN(number) ? word : number
}

function addCard(cards: Map<string, KeywordValue[]>, card: string): void {
  if (card.slice(8, 10) !== '= ') return
  const keyword = card.slice(0, 8).trimEnd()
  const value = parseValue(card.slice(10))
  if (value === undefined) return
  const values = cards.get(keyword)
  if (values === undefined) cards.set(keyword, [value])
  else values.push(value)
}

/** The keywords of a text header with one card a line. */
export function textHeader(text: string): Cards {
  const cards = new Map<string, KeywordValue[]>()
  for (const line of text.split('\n')) addCard(cards, line)
  return cards
}

function dataBytes(get: (keyword: string) => KeywordValue): number {
  const number = (keyword: string): number => Number(get(keyword) ?? 0)
  const naxis = number('NAXIS')
  if (naxis === 0) return 0
  let count = 1
  for (let axis = 1; axis <= naxis; axis++) count *= number(`NAXIS${axis}`)
  const size = (Math.abs(number('BITPIX')) / 8) * Math.max(1, number('GCOUNT')) * (number('PCOUNT') + count)
  return Math.ceil(size / BLOCK) * BLOCK
}

/** The HDUs of a FITS file, gzipped or not. */
export function readHdus(path: string): readonly TestHdu[] {
  const raw = readFileSync(path)
  const bytes = new Uint8Array(raw[0] === 0x1f && raw[1] === 0x8b ? gunzipSync(raw) : raw)
  const hdus: TestHdu[] = []
  let offset = 0
  while (offset + BLOCK <= bytes.length) {
    const cards = new Map<string, KeywordValue[]>()
    let position = offset
    let card = ''
    while (card.trimEnd() !== 'END' && position + 80 <= bytes.length) {
      card = Buffer.from(bytes.subarray(position, position + 80)).toString('latin1')
      addCard(cards, card)
      position += 80
    }
    const dataOffset = Math.ceil(position / BLOCK) * BLOCK
    hdus.push({ cards, bytes, dataOffset })
    offset = dataOffset + dataBytes(valueOf(cards))
  }
  return hdus
}

/** Pixels of a float32 image HDU. */
export function float32Data({ cards, bytes, dataOffset }: TestHdu): Float32Array {
  const get = valueOf(cards)
  const count = Number(get('NAXIS1')) * Number(get('NAXIS2') ?? 1)
  const view = new DataView(bytes.buffer, bytes.byteOffset + dataOffset, count * 4)
  return Float32Array.from({ length: count }, (_, i) => view.getFloat32(i * 4))
}
