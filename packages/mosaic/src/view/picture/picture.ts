import { MosaicError } from '../../errors.ts'
import { colorTable, isGreyTable } from '../color/color-table.ts'
import { overlayOf, overlayPainter } from '../draw/draw-shapes.ts'
import type { Shape } from '../draw/shape.ts'
import type { Stretch } from '../stretch/stretch.ts'
import { colorMixer } from './color-mixer.ts'
import { greyPainter } from './grey-painter.ts'
import { type PlaneRows, stripRowCount } from './plane-rows.ts'

/** An image with the stretch that it is shown by. */
export interface StretchedPlane {
  readonly plane: PlaneRows
  readonly stretch: Stretch
}

/** What a picture is made from. */
export type PictureContent =
  /** One image in grey or in the colours of a table. */
  | { readonly kind: 'grey'; readonly image: StretchedPlane; readonly colorTable: number }
  /** Three images of one size; without green, green is the mean of the others. */
  | {
      readonly kind: 'color'
      readonly red: StretchedPlane
      readonly green: StretchedPlane | undefined
      readonly blue: StretchedPlane
      /** Power of the true-colour rule, 1 to 4; undefined for plain channels. */
      readonly truePower: number | undefined
    }

/** A picture before it is drawn. */
export interface Picture {
  readonly content: PictureContent
  readonly isFlippedX: boolean
  /** The first row of the image is at the bottom. */
  readonly isFlippedY: boolean
  /** Level (0 to 255) of pixels without data. */
  readonly blankLevel: number
  /** Drawn over the picture in this order. */
  readonly shapes: readonly Shape[]
}

/** A picture that can be drawn from top to bottom. */
export interface PictureRows {
  readonly width: number
  readonly height: number
  /** 1 for grey, 3 for RGB. */
  readonly channels: 1 | 3
  /** Strips of whole rows from the top; each is valid until the next. */
  readonly strips: () => AsyncGenerator<Uint8Array>
}

/**
 * Draws a picture strip by strip.
 *
 * @throws MosaicError `MOSAIC_NO_PICTURE` when three images differ in size
 */
export function pictureRows(picture: Picture): PictureRows {
  const { content } = picture
  const planes = planesOf(content)
  const { width, height } = planes[0]!
  if (planes.some((plane) => plane.width !== width || plane.height !== height))
    throw new MosaicError('MOSAIC_NO_PICTURE', "Red, green and blue FITS images don't have the same size.", {
      found: planes.map((plane) => `${plane.width} x ${plane.height}`).join(', '),
      remedy: 'reproject them to one template',
    })
  const overlay = overlayOf(picture.shapes)
  const isGrey = content.kind === 'grey' && isGreyTable(content.colorTable) && overlay.isGrey
  const channels = isGrey ? 1 : 3
  const paint =
    content.kind === 'grey'
      ? greyPainter(content.image.stretch, colorTable(content.colorTable), channels, picture.blankLevel)
      : colorMixer(content, picture.blankLevel)
  const step = Math.min(...planes.map(stripRowCount))
  return {
    width,
    height,
    channels,
    async *strips() {
      const drawOver = overlayPainter(overlay, width, step, channels)
      const pixels = new Uint8Array(width * step * channels)
      for (let top = 0; top < height; top += step) {
        const rowCount = Math.min(step, height - top)
        const firstRow = picture.isFlippedY ? height - top - rowCount : top
        const values = []
        for (const plane of planes) values.push(await plane.read(firstRow, rowCount))
        const strip = pixels.subarray(0, width * rowCount * channels)
        paint(strip, values)
        if (picture.isFlippedY) flipRows(strip, width * channels)
        if (picture.isFlippedX) flipColumns(strip, width, channels)
        drawOver(strip, top, rowCount)
        yield strip
      }
    },
  }
}

function planesOf(content: PictureContent): readonly PlaneRows[] {
  if (content.kind === 'grey') return [content.image.plane]
  const { red, green, blue } = content
  return [red, ...(green === undefined ? [] : [green]), blue].map(({ plane }) => plane)
}

function flipRows(pixels: Uint8Array, stride: number): void {
  const row = new Uint8Array(stride)
  for (let low = 0, high = pixels.length - stride; low < high; low += stride, high -= stride) {
    row.set(pixels.subarray(low, low + stride))
    pixels.copyWithin(low, high, high + stride)
    pixels.set(row, high)
  }
}

function flipColumns(pixels: Uint8Array, width: number, channels: 1 | 3): void {
  const stride = width * channels
  for (let row = 0; row < pixels.length; row += stride) {
    for (let low = row, high = row + stride - channels; low < high; low += channels, high -= channels) {
      for (let channel = 0; channel < channels; channel++) {
        const value = pixels[low + channel]!
        pixels[low + channel] = pixels[high + channel]!
        pixels[high + channel] = value
      }
    }
  }
}
