import type { Header } from '@skyloom/fits'
import { type ClassicWcs, classicWcs } from '../header/classic-wcs.ts'
import type { HeaderTemplate } from '../header/read-template.ts'

/** The pixels that a projection may make. */
export interface OutputGrid {
  readonly header: Header
  readonly sky: ClassicWcs
  readonly width: number
  readonly height: number
}

/**
 * The grid of a template, enlarged by a number of pixels on every side.
 *
 * @param pad pixels, also a broken number: the size grows by whole pixels, the reference pixel moves by this
 */
export function outputGrid(template: HeaderTemplate, name: string, pad: number): OutputGrid {
  const { header, sky, width, height } = template
  if (pad === 0) return { header, sky, width, height }
  const cards = header.clone()
  const grow = Math.trunc(2 * pad)
  const [keywordX, keywordY] = referenceKeywords(header)
  cards.set('NAXIS1', width + grow)
  cards.set('NAXIS2', height + grow)
  // A plate solution counts from the plate: its corner moves the other way.
  const sign = keywordX === 'CRPIX1' ? 1 : -1
  cards.setFloat(keywordX, header.number(keywordX) + sign * pad)
  cards.setFloat(keywordY, header.number(keywordY) + sign * pad)
  return { header: cards, sky: classicWcs(cards, name), width: width + grow, height: height + grow }
}

/** Digits of a reference pixel in products. */
const DIGITS = 14

/** The cards of a product that holds the part of a grid from this column and row on. */
export function partHeader({ header }: OutputGrid, col: number, row: number): Header {
  const cards = header.clone()
  const [keywordX, keywordY] = referenceKeywords(header)
  const sign = keywordX === 'CRPIX1' ? -1 : 1
  const place = (keyword: string, offset: number): void =>
    void cards.setFloat(keyword, Number((header.number(keyword) + sign * offset).toPrecision(DIGITS)))
  place(keywordX, col)
  place(keywordY, row)
  return cards
}

function referenceKeywords(header: Header): readonly [string, string] {
  return header.has('PLTRAH') && header.has('CNPIX1') ? ['CNPIX1', 'CNPIX2'] : ['CRPIX1', 'CRPIX2']
}
