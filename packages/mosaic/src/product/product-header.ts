import { Header } from '@skyloom/fits'
import type { CombineMethod, ExtraPlane } from '../add/combine.ts'
import type { Region } from '../region.ts'
import { inheritCards } from './inherit.ts'

/** What a product says of its own making. */
export interface Making {
  readonly program: string
  readonly version: string
  /** Lines for HISTORY: parameters, then inputs. No time and no path, see ADR 3. */
  readonly history: readonly string[]
}

/** Which plane of the mosaic a file holds. */
export type ProductKind = 'mosaic' | 'area' | ExtraPlane

/** Everything a product's header is made of. */
export interface ProductHeaderInput {
  /** The template's cards; its WCS is taken over as it stands. */
  readonly template: Header
  /** The part of the template that the product covers. */
  readonly window: Region
  readonly imageHeaders: readonly Header[]
  readonly combine: CombineMethod
  readonly kind: ProductKind
  readonly making: Making
}

/** Cards of a template that describe a file, not the sky. */
const STRUCTURE =
  /^(?:SIMPLE|XTENSION|BITPIX|NAXIS\d*|EXTEND|PCOUNT|GCOUNT|BSCALE|BZERO|BLANK|CHECKSUM|DATASUM|END)$/

/** The header of a product, without the structural cards that the FITS writer adds. */
export function productHeader(input: ProductHeaderInput): Header {
  const header = new Header()
  for (const card of input.template) {
    if (!STRUCTURE.test(card.keyword) && card.keyword !== 'HISTORY') header.appendRaw(card.raw)
  }
  shiftReferencePixel(header, input.window)
  setUnit(header, input)
  header.set('NCOMBINE', input.imageHeaders.length, 'images combined')
  header.set('COMBINE', input.kind === 'area' ? 'sum' : input.combine, 'how overlapping values became one')
  header.set('CREATOR', `${input.making.program} ${input.making.version}`, 'program that made this file')
  const method = input.kind === 'mosaic' ? input.combine : 'count'
  for (const { keyword, value, comment } of inheritCards(input.imageHeaders, method)) {
    if (!header.has(keyword)) header.append(keyword, value, comment)
  }
  for (const line of input.making.history) header.addHistory(line)
  return header
}

function shiftReferencePixel(header: Header, window: Region): void {
  header.setFloat('CRPIX1', header.number('CRPIX1') - window.col)
  header.setFloat('CRPIX2', header.number('CRPIX2') - window.row)
}

/** Comments of the planes whose numbers have no unit. */
const NUMBERS = {
  count: 'number of images in each pixel',
  weight: 'sum of the weights of the images',
  context: 'bit k of plane p: image 32 (p - 1) + k of the table',
} as const

function setUnit(header: Header, { kind, combine, imageHeaders }: ProductHeaderInput): void {
  if (kind === 'area') header.set('BUNIT', 'sr', 'summed area of the images in each pixel')
  else if (kind === 'count' || (kind === 'mosaic' && combine === 'count'))
    header.set('BUNIT', 'count', NUMBERS.count)
  else if (kind === 'weight' || kind === 'context') header.set('BUNIT', '', NUMBERS[kind])
  else {
    const units = imageHeaders.map((image) => image.card('BUNIT')?.value)
    const unit = units[0]
    if (typeof unit !== 'string' || !units.every((other) => other === unit)) return
    if (kind === 'mosaic') header.set('BUNIT', unit, 'as in the images')
    else header.set('BUNIT', squareOf(unit), 'variance of each pixel')
  }
}

/** The square of a unit (FITS Standard 4.0, section 4.3). */
function squareOf(unit: string): string {
  return /^\w+$/.test(unit.trim()) ? `${unit.trim()}**2` : `(${unit.trim()})**2`
}
