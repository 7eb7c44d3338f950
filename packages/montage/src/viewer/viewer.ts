import { basename } from 'node:path'
import { atomicFile } from '@skyloom/base/node'
import {
  avmPacket,
  limitFacts,
  type Picture,
  type PictureRows,
  PROGRAM,
  pictureRows,
  type Shape,
  VERSION,
  writePng,
} from '@skyloom/mosaic/view'
import { pathOf, readText } from '../command/files.ts'
import {
  defineModule,
  type ModuleCall,
  type MontageModule,
  type Place,
  usageError,
} from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { cannotWrite } from '../image/cannot-write.ts'
import { classicError, openChannel, type ViewerChannel } from './open-channel.ts'
import { needsFont, overlayShapes } from './overlay-shapes.ts'
import { readDescription } from './read-description.ts'
import { readDirectives } from './read-directives.ts'
import { type PictureSky, skyOfPicture } from './sky-of-picture.ts'
import type { ViewerImage, ViewerInput } from './viewer-input.ts'
import { VIEWER_MANUAL } from './viewer-manual.ts'

/** Limits of the stretch of one image: data values, percentiles, sigmas from the median. */
type Limits<Prefix extends string> = {
  readonly [Key in
    | 'min'
    | 'minpercent'
    | 'minsigma'
    | 'max'
    | 'maxpercent'
    | 'maxsigma' as `${Prefix}${Key}`]: number
}

interface PictureFacts {
  readonly width: number
  readonly height: number
  /** 1 when columns run from right to left. */
  readonly xflip: 0 | 1
  /** 1 when the first row is at the bottom. */
  readonly yflip: 0 | 1
  readonly bunit: string
}

/** Result of {@link mViewer} for one image. */
export type GrayViewerResult = PictureFacts &
  Limits<''> & {
    readonly type: 'grayscale'
    readonly datamin: number
    readonly datamax: number
    readonly colortable: number
  }

/** Result of {@link mViewer} for three images; without green its values are those of red. */
export type ColorViewerResult = PictureFacts &
  Limits<'b'> &
  Limits<'g'> &
  Limits<'r'> & {
    readonly type: 'color'
    readonly rdatamin: number
    readonly rdatamax: number
    readonly gdatamin: number
    readonly gdatamax: number
    readonly bdatamin: number
    readonly bdatamax: number
  }

/** Result of {@link mViewer}. */
export type ViewerResult = GrayViewerResult | ColorViewerResult

/** Images of a picture, open, in the order red, green, blue. */
interface OpenPicture {
  readonly channels: readonly ViewerChannel[]
  readonly isColor: boolean
}

/**
 * Draws one image in grey or false colours, or three as a colour picture, with overlays, into a PNG or JPEG.
 *
 * Images are read strip by strip; a PNG of any size needs little memory.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_IMAGE`, `MONTAGE_BAD_HEADER`, `MONTAGE_BAD_TABLE`, `MONTAGE_BAD_ARGUMENT`,
 *   `MONTAGE_CANNOT_WRITE`
 */
export async function mViewer(input: ViewerInput, place: Place = {}): Promise<ViewerResult> {
  const open = await openPicture(place, input)
  try {
    const sky = skyOfPicture(open.channels, input)
    const shapes = await shapesOf(place, input, sky)
    const picture = pictureRows(pictureOf(open, input, sky, shapes))
    await write(place, input, picture, packetOf(open, sky))
    return resultOf(open, input, sky)
  } catch (error) {
    throw classicError(error)
  } finally {
    for (const { image } of open.channels) await image.file.close()
  }
}

async function openPicture(place: Place, { gray, red, green, blue }: ViewerInput): Promise<OpenPicture> {
  const isColor = red !== undefined || green !== undefined || blue !== undefined
  const missing = (color: string): MontageError =>
    new MontageError('MONTAGE_BAD_ARGUMENT', `No input '${color}' FITS file name given`)
  if (isColor && red === undefined) throw missing('red')
  if (isColor && blue === undefined) throw missing('blue')
  if (!isColor && gray === undefined)
    throw new MontageError('MONTAGE_BAD_ARGUMENT', 'No input FITS file name given')
  const images = (isColor ? [red, green, blue] : [gray]).filter((image) => image !== undefined)
  return { channels: await openAll(place, images), isColor }
}

async function openAll(place: Place, images: readonly ViewerImage[]): Promise<readonly ViewerChannel[]> {
  const channels: ViewerChannel[] = []
  try {
    for (const image of images) channels.push(await openChannel(place, image))
    return channels
  } catch (error) {
    for (const { image } of channels) await image.file.close()
    throw error
  }
}

async function shapesOf(
  place: Place,
  { overlays = [], fontFile }: ViewerInput,
  { view }: PictureSky,
): Promise<readonly Shape[]> {
  if (overlays.length === 0) return []
  const { readFont } = await import('@skyloom/mosaic/view/node')
  const isNeeded = fontFile !== undefined || needsFont(overlays)
  const font = isNeeded
    ? await readFont(fontFile === undefined ? undefined : pathOf(place, fontFile))
    : undefined
  const shapes: Shape[] = []
  for (const overlay of overlays) {
    for (const shape of await overlayShapes(place, view, overlay, font)) shapes.push(shape)
  }
  return shapes
}

function pictureOf(
  { channels, isColor }: OpenPicture,
  { colorTable = 0, trueColor, saturate = 0 }: ViewerInput,
  { view }: PictureSky,
  shapes: readonly Shape[],
): Picture {
  const [first, second, third = second] = channels
  if (first === undefined) throw new RangeError('a picture needs an image')
  const { isFlippedX, isFlippedY } = view
  const rest = { isFlippedX, isFlippedY, blankLevel: Math.trunc(saturate), shapes }
  if (!isColor || third === undefined) return { ...rest, content: { kind: 'grey', image: first, colorTable } }
  const green = channels.length > 2 ? second : undefined
  return { ...rest, content: { kind: 'color', red: first, green, blue: third, truePower: trueColor } }
}

function packetOf({ channels }: OpenPicture, { view, hasSky }: PictureSky): string | undefined {
  if (!hasSky) return undefined
  return avmPacket({
    view,
    creator: `${PROGRAM} ${VERSION}`,
    sources: channels.map(({ name }) => basename(name)),
  })
}

async function write(
  place: Place,
  { output, format = 'png' }: ViewerInput,
  picture: PictureRows,
  packet: string | undefined,
): Promise<void> {
  const sink = await atomicFile(pathOf(place, output), { overwrite: true }).catch((cause: unknown) => {
    throw cannotWrite(output, cause)
  })
  try {
    if (format === 'jpeg') {
      const { writeJpeg } = await import('@skyloom/mosaic/view/node')
      await writeJpeg(picture, sink, packet)
    } else {
      await writePng(picture, sink, new Map(packet === undefined ? [] : [['XML:com.adobe.xmp', packet]]))
    }
    await sink.commit()
  } catch (error) {
    await sink.discard()
    throw error
  }
}

function resultOf(
  { channels, isColor }: OpenPicture,
  { colorTable = 0 }: ViewerInput,
  { view }: PictureSky,
): ViewerResult {
  const [first, second, third = second] = channels
  if (first === undefined) throw new RangeError('a picture needs an image')
  const bunit = first.image.header.get('BUNIT')
  const facts: PictureFacts = {
    width: view.width,
    height: view.height,
    xflip: view.isFlippedX ? 1 : 0,
    yflip: view.isFlippedY ? 1 : 0,
    bunit: typeof bunit === 'string' ? bunit : '',
  }
  if (!isColor || third === undefined) {
    const { min: datamin, max: datamax } = first.stretch.histogram
    return { type: 'grayscale', ...facts, ...limits('', first), datamin, datamax, colortable: colorTable }
  }
  const green = channels.length > 2 && second !== undefined ? second : first
  return {
    type: 'color',
    ...facts,
    ...limits('b', third),
    ...limits('g', green),
    ...limits('r', first),
    rdatamin: first.stretch.histogram.min,
    rdatamax: first.stretch.histogram.max,
    gdatamin: green.stretch.histogram.min,
    gdatamax: green.stretch.histogram.max,
    bdatamin: third.stretch.histogram.min,
    bdatamax: third.stretch.histogram.max,
  }
}

function limits<Prefix extends string>(prefix: Prefix, { stretch }: ViewerChannel): Limits<Prefix> {
  const low = limitFacts(stretch.histogram, stretch.min)
  const high = limitFacts(stretch.histogram, stretch.max)
  // The six keys of `Limits`.
  return {
    [`${prefix}min`]: low.value,
    [`${prefix}minpercent`]: low.percent,
    [`${prefix}minsigma`]: low.sigma,
    [`${prefix}max`]: high.value,
    [`${prefix}maxpercent`]: high.percent,
    [`${prefix}maxsigma`]: high.sigma,
  } as Limits<Prefix>
}

/** The values of either kind of picture. */
type ViewerAnswer = { readonly type: string } & Partial<
  Omit<GrayViewerResult, 'type'> & Omit<ColorViewerResult, 'type'>
>

/** What the command reads: directives, or a JSON description in the arguments or in a file. */
interface ViewerCall {
  readonly words: readonly string[]
}

async function runWords({ words }: ViewerCall, place: Place): Promise<ViewerAnswer> {
  const at = words.findIndex((word) => word === '-json' || word === '-jfile')
  if (at < 0) return await mViewer(readDirectives(words), place)
  const isFile = words[at] === '-jfile'
  const value = words[at + 1]
  if (value === undefined)
    throw new MontageError(
      'MONTAGE_BAD_ARGUMENT',
      `No input JSON ${isFile ? 'file' : 'data'} argument.`,
      {},
      new Map(),
      0,
    )
  const text = isFile ? await readText(place, value, 'Failed to open JSON file.') : value
  return await mViewer(readDirectives(words.toSpliced(at, 2), readDescription(text)), place)
}

function readCall({ operands }: ModuleCall): ViewerCall {
  const [first = ''] = operands
  const hasOwnAnswer = ['-out', '-png', '-jpeg', '-json', '-jfile', '-fontfile'].includes(first)
  if (operands.length < 2 && !hasOwnAnswer) throw usageError()
  return { words: operands }
}

/** The module mViewer. */
export const viewerModule: MontageModule = defineModule<ViewerCall, ViewerAnswer>({
  name: 'mViewer',
  summary: 'Draws images as PNG or JPEG, in grey, false or true colours, with grids, catalogs and labels.',
  usage:
    '%s [-d] [-nowcs] [-noflip] [-t(rue-color) power] [-ct color-table] [-saturate level] [-fontscale scale] [-fontfile file] [-color c] [-csys system [equinox]] [-grid system [equinox]] [-symbol size[s|m|d|p] [shape [nvertex [rotation]]]] [-catalog file [column [ref [flux|mag|log]]]] [-scalecol|-sizecol|-shapecol|-labelcol|-colorcol column] [-imginfo file] [-mark lon lat] [-label lon lat text] -gray in.fits minrange maxrange [stretch [beta]] | -gray in.fits -histfile file | -red red.fits ... -green green.fits ... -blue blue.fits ... -out out.png | -jpeg out.jpg | -json text | -jfile file',
  style: 'words',
  options: [],
  operands: [1, Number.MAX_SAFE_INTEGER],
  isNamed: true,
  fields: [
    ['type', 's'],
    ['width', 'd'],
    ['height', 'd'],
    ['min', 'g'],
    ['minpercent', 'f2'],
    ['minsigma', 'f2'],
    ['max', 'g'],
    ['maxpercent', 'f2'],
    ['maxsigma', 'f2'],
    ['datamin', 'g'],
    ['datamax', 'g'],
    ['bmin', 'g'],
    ['bminpercent', 'f2'],
    // Six decimals as in the classic program, where it is a slip.
    ['bminsigma', 'f6'],
    ['bmax', 'g'],
    ['bmaxpercent', 'f2'],
    ['bmaxsigma', 'f2'],
    ['gmin', 'g'],
    ['gminpercent', 'f2'],
    ['gminsigma', 'f2'],
    ['gmax', 'g'],
    ['gmaxpercent', 'f2'],
    ['gmaxsigma', 'f2'],
    ['rmin', 'g'],
    ['rminpercent', 'f2'],
    ['rminsigma', 'f2'],
    ['rmax', 'g'],
    ['rmaxpercent', 'f2'],
    ['rmaxsigma', 'f2'],
    ['rdatamin', 'g'],
    ['rdatamax', 'g'],
    ['gdatamin', 'g'],
    ['gdatamax', 'g'],
    ['bdatamin', 'g'],
    ['bdatamax', 'g'],
    ['xflip', 'd'],
    ['yflip', 'd'],
    ['bunit', 's'],
    ['colortable', 'd'],
  ],
  read: readCall,
  run: runWords,
  manual: VIEWER_MANUAL,
})
