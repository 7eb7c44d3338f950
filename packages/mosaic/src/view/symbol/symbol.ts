/** Form of a symbol. */
export type SymbolShape =
  /** A closed polygon with its corners on a circle, the first to the north; turned westwards. */
  | { readonly kind: 'polygon'; readonly vertices: number; readonly rotationDeg: number }
  /** A star: corners in turn on the circle and on one of half the radius. */
  | { readonly kind: 'starred'; readonly vertices: number; readonly rotationDeg: number }
  /** Spokes from the centre. */
  | { readonly kind: 'skeletal'; readonly vertices: number; readonly rotationDeg: number }
  | { readonly kind: 'circle' }
  /** Two sides of a square, around its corner to south and east. */
  | { readonly kind: 'el' }
  /** Arrows to north and east. */
  | { readonly kind: 'compass' }

/** Unit of a symbol's size. */
export type SymbolUnit = 'fraction' | 'arcsec' | 'arcmin' | 'degree' | 'pixel'

/** A symbol with its size. */
export interface MarkSymbol {
  readonly shape: SymbolShape
  /** Radius; a fraction is counted in heights of a character: 0.0025 of the larger side of the image. */
  readonly size: number
  readonly unit: SymbolUnit
}

/** A small triangle. */
export const DEFAULT_SYMBOL: MarkSymbol = {
  shape: { kind: 'polygon', vertices: 3, rotationDeg: 0 },
  size: 1,
  unit: 'fraction',
}
