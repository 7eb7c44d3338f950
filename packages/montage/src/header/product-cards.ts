import type { Header } from '@skyloom/fits'

/** Digits of a reference pixel in products. */
const CRPIX_DIGITS = 14

/** The cards of a template with the reference pixel of a product. */
export function productCards(template: Header, crpix1: number, crpix2: number): Header {
  const cards = template.clone()
  cards.setFloat('CRPIX1', Number(crpix1.toPrecision(CRPIX_DIGITS)))
  cards.setFloat('CRPIX2', Number(crpix2.toPrecision(CRPIX_DIGITS)))
  return cards
}
