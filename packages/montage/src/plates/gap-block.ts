/** A fit across a gap as one of the two images sees it. */
export interface GapBlock {
  /** File names without folders. */
  readonly plus: string
  readonly minus: string
  /** The difference in offsets from the reference pixel of the first image. */
  readonly plane: { readonly a: number; readonly b: number; readonly c: number }
  readonly level: number
  readonly crpix: { readonly fitsX: number; readonly fitsY: number }
  /** Middle of the pixels that took part, offsets, and their extent. */
  readonly centre: { readonly x: number; readonly y: number }
  readonly width: number
  readonly height: number
  readonly npixel: number
  readonly rms: number
  /** Offsets of the second image from those of the first: `R p + shift`. */
  readonly rotation: readonly [number, number, number, number]
  readonly shift: { readonly x: number; readonly y: number }
}

/** Where the values of a line begin. */
const VALUE_COLUMN = 28

/** The fifteen lines of a block, as mBgModel reads them with `-g`: values from column 29 on. */
export function gapBlock(block: GapBlock): string {
  const { plane, crpix, centre, width, height, rotation, shift } = block
  const [xx, xy, yx, yy] = rotation
  const [halfX, halfY] = [(width - 1) / 2, (height - 1) / 2]
  const line = (label: string, ...values: readonly (string | number)[]): string =>
    `${label.padEnd(VALUE_COLUMN)}${values.join(' ')}`
  const lines = [
    line('plus', block.plus),
    line('minus', block.minus),
    line('A B C', plane.a, plane.b, plane.c),
    line('C0', block.level),
    line('crpix1 crpix2', crpix.fitsX, crpix.fitsY),
    line('xmin xmax', centre.x - halfX, centre.x + halfX),
    line('ymin ymax', centre.y - halfY, centre.y + halfY),
    line('xcenter ycenter', centre.x, centre.y),
    line('npixel rms', block.npixel, block.rms),
    line('boxx boxy', centre.x, centre.y),
    line('width height angle', width, height, 0),
    line('have_transform', 1),
    // Rows of the matrix of slopes, the transposed rotation; behind each the shift that slopes bring to the level.
    line('transform 1', xx, yx, shift.x),
    line('transform 2', xy, yy, shift.y),
    '',
  ]
  return `${lines.join('\n')}\n`
}
