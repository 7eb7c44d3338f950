import { drawLevelBar, type LevelBar, padRows } from '@skyloom/mosaic'
import { readText } from '../command/files.ts'
import { HDU_OPTION } from '../command/manual.ts'
import {
  defineModule,
  hasOption,
  hduArgument,
  integerArgument,
  type ModuleCall,
  type MontageModule,
  operand,
  optionValue,
  optionValues,
  type Place,
  realArgument,
  usageError,
} from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { readLookup } from './histogram-lookup.ts'
import type { OpenImage } from './open-image.ts'
import { readPart } from './read-part.ts'
import { rewriteImage } from './rewrite-image.ts'

/** A bar with the levels of a histogram file: columns and rows of the new image from 0, ends included. */
export interface PadBar {
  readonly xmin: number
  readonly xmax: number
  readonly ymin: number
  readonly ymax: number
  readonly histogram: string
}

/** Input of {@link mPad}. */
export interface PadInput {
  readonly image: string
  readonly output: string
  /** Pixels added on each side. */
  readonly left: number
  readonly right: number
  readonly top: number
  readonly bottom: number
  /** Value of the new pixels; default NaN. */
  readonly value?: number
  readonly bar?: PadBar
  /**
   * What becomes of CRPIX: `moved` (default) with the pixels, so that the coordinates stay right; `kept` as it is; `classic` the value that
   * Montage 6.0 writes, which is the margin alone.
   */
  readonly referencePixel?: 'moved' | 'kept' | 'classic'
  readonly hdu?: number
}

/** {@link mPad} reports nothing but success. */
export type PadResult = Readonly<Record<string, never>>

/** Largest side of a padded image. */
const MAX_SIDE = 2 ** 31 - 1

/**
 * Adds margins to an image, and a bar with the levels of a histogram.
 *
 * @throws MontageError `MONTAGE_BAD_ARGUMENT`, `MONTAGE_NO_FILE`, `MONTAGE_BAD_IMAGE`, `MONTAGE_BAD_TABLE` for a histogram file without
 *   levels, `MONTAGE_CANNOT_WRITE`
 */
export async function mPad(input: PadInput, place: Place = {}): Promise<PadResult> {
  const { image, output, left, right, top, bottom, value = Number.NaN } = input
  for (const margin of [left, right, top, bottom]) checkMargin(margin)
  const bar = input.bar === undefined ? undefined : await readBar(input.bar, place)
  await rewriteImage(place, image, input.hdu ?? 0, output, (opened) => {
    const width = opened.width + left + right
    const height = opened.height + bottom + top
    if (width > MAX_SIDE || height > MAX_SIDE)
      throw new MontageError('MONTAGE_BAD_ARGUMENT', 'The padded image would be too large', {
        found: `${width} x ${height} pixels`,
        allowed: `${MAX_SIDE} pixels on each side`,
      })
    return {
      width,
      height,
      header: paddedHeader(opened, input),
      makeRows: async (row, rows) => {
        const first = Math.max(0, row - bottom)
        const end = Math.min(opened.height, row + rows - bottom)
        const region = { col: 0, row: first, width: opened.width, height: end - first }
        const pixels = await readPart(opened, image, region)
        const strip = padRows(pixels, left, first + bottom - row, { width, height: rows }, value)
        if (bar !== undefined) drawLevelBar(strip, row, bar)
        return strip
      },
    }
  })
  return {}
}

function checkMargin(margin: number): void {
  if (Number.isSafeInteger(margin) && margin >= 0) return
  throw new MontageError('MONTAGE_BAD_ARGUMENT', `Margin (${margin}) must be a non-negative integer`, {
    allowed: 'whole numbers of pixels, 0 or more',
  })
}

async function readBar({ xmin, xmax, ymin, ymax, histogram }: PadBar, place: Place): Promise<LevelBar> {
  const levels = readLookup(
    await readText(place, histogram, `Cannot open histogram file ${histogram}`),
    histogram,
  )
  return { col: xmin, row: ymin, width: xmax - xmin + 1, height: ymax - ymin + 1, levels }
}

function paddedHeader({ header }: OpenImage, input: PadInput): OpenImage['header'] {
  const cards = header.clone()
  const { referencePixel = 'moved' } = input
  if (referencePixel === 'kept') return cards
  for (const [keyword, margin] of [
    ['CRPIX1', input.left],
    ['CRPIX2', input.bottom],
  ] as const) {
    const old = cards.number(keyword, undefined)
    if (old !== undefined) cards.setFloat(keyword, referencePixel === 'classic' ? margin : old + margin)
  }
  return cards
}

function readCall(call: ModuleCall): PadInput {
  checkDebug(optionValue(call, 'd'))
  const margin = (index: number): number => {
    const text = operand(call, index)
    const value = /^\s*[+-]?\d+/.test(text)
      ? integerArgument(text.trim(), `Margin (${text}) must be a non-negative integer`)
      : Number.NaN
    if (value >= 0) return value
    throw new MontageError('MONTAGE_BAD_ARGUMENT', `Margin (${text}) must be a non-negative integer`, {
      found: text,
      allowed: 'whole numbers of pixels, 0 or more',
    })
  }
  const valueText = optionValue(call, 'val')
  const [bar] = optionValues(call, 'bar')
  if (call.operands.length !== 6) throw usageError()
  return {
    image: operand(call, 0),
    output: operand(call, 1),
    left: margin(2),
    right: margin(3),
    top: margin(4),
    bottom: margin(5),
    hdu: hduArgument(call),
    referencePixel: hasOption(call, 'nowcs') ? 'kept' : hasOption(call, 'wcs') ? 'moved' : 'classic',
    ...(valueText === undefined
      ? {}
      : { value: realArgument(valueText, `NaN conversion value string is invalid: '${valueText}'`) }),
    ...(bar === undefined ? {} : { bar: readBarArguments(bar) }),
  }
}

function checkDebug(level: string | undefined): void {
  if (level === undefined) return
  if (integerArgument(level, `Debug level string is invalid: '${level}'`) >= 0) return
  throw new MontageError('MONTAGE_BAD_ARGUMENT', 'Debug level value cannot be negative', { found: level })
}

function readBarArguments(words: readonly string[]): PadBar {
  const number = (index: number): number => {
    const text = words[index] ?? ''
    return integerArgument(text, `Color bar limit (${text}) cannot be interpreted as an integer`)
  }
  return { xmin: number(0), xmax: number(1), ymin: number(2), ymax: number(3), histogram: words[4] ?? '' }
}

/** The module mPad. */
export const padModule: MontageModule = defineModule<PadInput, PadResult>({
  name: 'mPad',
  summary: 'Adds margins to an image.',
  usage:
    '%s [-nowcs][-d level][-val NaN-value][-bar xmin xmax ymin ymax histfile] in.fits out.fits left right top bottom',
  style: 'leading',
  // 'd:1' and not 'd:': the level has sentences of its own, see checkDebug.
  options: ['nowcs', 'wcs', 'd:1', 'val:', 'bar:5', 'h:'],
  operands: [6, 6],
  isNamed: false,
  fields: [],
  manual: {
    description:
      'Adds margins to an image. The pixels become 64-bit floats. With `-bar` it draws the 256 levels of a histogram file as a bar into the image, lowest level below.\n\nMontage 6.0 writes the left and the bottom margin as CRPIX1 and CRPIX2 and forgets the old values, which puts the coordinates in the wrong place. The command does the same, so that its files are equal; give `-wcs` for coordinates that are right, or `-nowcs` for CRPIX as it was. The function `mPad` moves CRPIX with the pixels unless told otherwise.',
    options: [
      ['-nowcs', 'Leave CRPIX1 and CRPIX2 as they are.'],
      ['-wcs', 'Move CRPIX1 and CRPIX2 with the pixels, so that the coordinates stay right.'],
      ['-d level', 'Debug level, a whole number; changes no result.'],
      ['-val value', 'Value of the new pixels; default NaN.'],
      [
        '-bar xmin xmax ymin ymax histfile',
        'Draw a bar over these columns and rows of the new image (counted from 0, ends included) with the levels of a file made by mHistogram.',
      ],
      HDU_OPTION,
    ],
    operands: [
      ['in.fits', 'FITS image.'],
      ['out.fits', 'Image that is written.'],
      ['left', 'Columns added before the first.'],
      ['right', 'Columns added behind the last.'],
      ['top', 'Rows added above.'],
      ['bottom', 'Rows added below.'],
    ],
    example: [
      'mPad -wcs m31.fits framed.fits 50 50 50 50',
      'mPad -bar 10 30 100 900 m31.hist m31.fits bar.fits 40 0 0 0',
    ],
  },
  read: readCall,
  run: mPad,
})
