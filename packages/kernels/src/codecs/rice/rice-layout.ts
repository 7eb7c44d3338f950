/** Bytes of one pixel that Rice coding knows. */
export type RiceBytePix = 1 | 2 | 4

/** Widths of the fields of a RICE_1 stream. */
export interface RiceLayout {
  /** Bits of the code that begins each block. */
  readonly codeBits: number
  /** The code of a block of plain differences: 1 more than the largest count of low bits plus 1. */
  readonly rawCode: number
  /** Bits of a pixel, and of a plain difference. */
  readonly pixelBits: number
}

const LAYOUTS: Readonly<Record<RiceBytePix, RiceLayout>> = {
  1: { codeBits: 3, rawCode: 7, pixelBits: 8 },
  2: { codeBits: 4, rawCode: 15, pixelBits: 16 },
  4: { codeBits: 5, rawCode: 26, pixelBits: 32 },
}

/**
 * The layout for a pixel size.
 *
 * A block begins with a code: 0 says that all differences are 0, `rawCode` that they follow as plain numbers,
 * and any other code k that each is split into a unary part and k - 1 low bits.
 * Source: FITS Standard 4.0, section 10.4.1.
 */
export function riceLayout(bytePix: RiceBytePix): RiceLayout {
  return LAYOUTS[bytePix]
}
