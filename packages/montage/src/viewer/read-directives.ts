import { COLOR_TABLE_COUNT, DEFAULT_SYMBOL, type MarkSymbol, parseStretchMode } from '@skyloom/mosaic/view'
import type { MontageFrame } from '@skyloom/wcs'
import { MontageError } from '../errors.ts'
import {
  coordinateFromWord,
  frameFromWords,
  isEquinox,
  symbolFromWords,
  takesVertices,
  wordNumber,
} from './overlay-words.ts'
import type { ViewerImage, ViewerInput, ViewerOverlay } from './viewer-input.ts'
import { isDirective, scanWords, type WordScanner } from './word-scanner.ts'

/** Settings that stay in force for the overlays behind them. */
interface Settings {
  readonly color: string
  readonly frame: MontageFrame
  readonly symbol: MarkSymbol | 'none'
  readonly fontScale: number
  readonly columns: Pick<
    ViewerOverlay & { readonly type: 'catalog' },
    'scaleColumn' | 'sizeColumn' | 'shapeColumn' | 'labelColumn' | 'colorColumn'
  >
}

/** What was read so far. */
interface Reading {
  readonly input: Partial<ViewerInput>
  readonly overlays: readonly ViewerOverlay[]
  readonly settings: Settings
}

const START: Reading = {
  input: {},
  overlays: [],
  settings: {
    color: 'gray',
    frame: { system: 'EQUJ', epochYear: 2000 },
    symbol: DEFAULT_SYMBOL,
    fontScale: 1,
    columns: {},
  },
}

/** What one directive adds. */
type Step = (reading: Reading, words: WordScanner, directive: string) => Reading

/** True when an image was named. */
function hasImage({ gray, red, green, blue }: Partial<ViewerInput>): boolean {
  return [gray, red, green, blue].some((image) => image !== undefined)
}

/**
 * Reads the directives of mViewer from left to right. Settings stay in force for the overlays that follow; images may stand anywhere.
 *
 * @param described what a JSON description has told before
 * @throws MontageError `MONTAGE_BAD_ARGUMENT`
 */
export function readDirectives(
  words: readonly string[],
  described: Omit<ViewerInput, 'output'> = {},
): ViewerInput {
  const scanner = scanWords(words)
  let reading: Reading = { ...START, input: described, overlays: described.overlays ?? [] }
  while (!scanner.isAtEnd) {
    const word = scanner.next()
    const step = STEPS.get(word)
    if (step === undefined)
      throw new MontageError(
        'MONTAGE_BAD_ARGUMENT',
        isDirective(word)
          ? `Invalid directive: ${word}`
          : `Invalid 'directive': ${word} (probably a misplaced argument)`,
      )
    reading = step(reading, scanner, word)
  }
  const { input, overlays } = reading
  const { output } = input
  if (!hasImage(input)) throw new MontageError('MONTAGE_BAD_ARGUMENT', 'No input FITS file name given')
  if (output === undefined)
    throw new MontageError('MONTAGE_BAD_ARGUMENT', 'No output PNG or JPEG file name given')
  return { ...input, output, overlays }
}

function withInput(reading: Reading, input: Partial<ViewerInput>): Reading {
  return { ...reading, input: { ...reading.input, ...input } }
}

function withSettings(reading: Reading, settings: Partial<Settings>): Reading {
  return { ...reading, settings: { ...reading.settings, ...settings } }
}

function withOverlay(reading: Reading, overlay: ViewerOverlay): Reading {
  const { color, fontScale } = reading.settings
  return { ...reading, overlays: [...reading.overlays, { color, fontScale, ...overlay }] }
}

/** The word behind a directive that asks for a file; the classic program ends with code 0 when there is none. */
function fileWord(words: WordScanner, problem: string): string {
  if (words.isAtEnd) throw new MontageError('MONTAGE_BAD_ARGUMENT', problem, {}, new Map(), 0)
  return words.next()
}

function numberWord(
  words: WordScanner,
  directive: string,
  problem: string,
  fits: (value: number) => boolean,
): number {
  const [word = ''] = words.need(directive, 1)
  const value = wordNumber(word)
  if (value !== undefined && fits(value)) return value
  throw new MontageError('MONTAGE_BAD_ARGUMENT', problem, { found: word })
}

function imageWords(words: WordScanner, directive: string): ViewerImage {
  const [file = ''] = words.need(directive, 1)
  if (words.peek() === '-histfile') {
    words.next()
    const [histogram = ''] = words.need('-histfile', 1)
    return { file, histogram }
  }
  const [min = '', max = ''] = words.need(directive, 2)
  return { file, min, max, ...stretchWords(words) }
}

/** The words of a stretch, when the next ones are: its name and, for asinh, its beta. */
export function stretchWords(words: WordScanner): Pick<ViewerImage, 'stretch' | 'beta'> {
  const stretch = words.take((word) => parseStretchMode(word) !== undefined)
  if (stretch === undefined) return {}
  if (parseStretchMode(stretch)?.kind !== 'asinh') return { stretch }
  const beta = words.take(() => true)
  return beta === undefined ? { stretch } : { stretch, beta }
}

const image =
  (channel: 'gray' | 'red' | 'green' | 'blue'): Step =>
  (reading, words, directive) =>
    withInput(reading, { [channel]: imageWords(words, directive) })

const output =
  (format: 'png' | 'jpeg'): Step =>
  (reading, words) => {
    const problem = `No ${format.toUpperCase()} output file argument.`
    return withInput(reading, { output: fileWord(words, problem), format })
  }

const column =
  (key: keyof Settings['columns']): Step =>
  (reading, words, directive) => {
    const [name = ''] = words.need(directive, 1)
    const others = Object.entries(reading.settings.columns).filter(([other]) => other !== key)
    const columns = Object.fromEntries(name === 'none' ? others : [...others, [key, name]])
    return withSettings(reading, { columns })
  }

function frameWords(words: WordScanner, directive: string): MontageFrame {
  const [system = ''] = words.need(directive, 1)
  return frameFromWords(system, words.take(isEquinox))
}

function symbolWords(words: WordScanner, directive: string): MarkSymbol | 'none' {
  const [size = ''] = words.need(directive, 1)
  if (size === 'none') return 'none'
  const shape = words.take(() => true)
  if (shape === undefined) return symbolFromWords([size])
  return symbolFromWords([size, shape, ...(takesVertices(shape) ? words.takeWords(2) : [])])
}

function catalogOverlay({ settings }: Reading, words: WordScanner, directive: string): ViewerOverlay {
  const [file = ''] = words.need(directive, 1)
  const [scaleColumn, reference, scaling] = words.takeWords(3)
  const base = {
    type: 'catalog' as const,
    file,
    frame: settings.frame,
    symbol: settings.symbol,
    ...settings.columns,
  }
  return {
    ...base,
    ...(scaleColumn === undefined || scaleColumn === 'none' ? {} : { scaleColumn }),
    ...(reference === undefined ? {} : { reference: referenceWord(reference) }),
    ...(scaling === undefined ? {} : { scaling: scalingWord(scaling) }),
  }
}

/** The value that is drawn in the size of the symbol. @throws MontageError `MONTAGE_BAD_ARGUMENT` */
export function referenceWord(word: string): number {
  const reference = wordNumber(word)
  if (reference !== undefined) return reference
  throw new MontageError('MONTAGE_BAD_ARGUMENT', `Invalid reference value: ${word}`, { allowed: 'a number' })
}

/** How sizes follow values. @throws MontageError `MONTAGE_BAD_ARGUMENT` */
export function scalingWord(word: string): 'flux' | 'mag' | 'log' {
  const found = (['flux', 'mag', 'log'] as const).find((name) => word.toLowerCase().startsWith(name))
  if (found !== undefined) return found
  throw new MontageError('MONTAGE_BAD_ARGUMENT', `Invalid data type: ${word}`, { allowed: 'flux, mag, log' })
}

const STEPS: ReadonlyMap<string, Step> = new Map<string, Step>([
  ['-d', (reading) => reading],
  ['-nowcs', (reading) => withInput(reading, { noWcs: true })],
  ['-noflip', (reading) => withInput(reading, { noFlip: true })],
  [
    '-t',
    (reading, words, directive) => {
      const problem = 'Color enhancement parameter must be a number between 1. and 4.'
      return withInput(reading, { trueColor: numberWord(words, directive, problem, (p) => p >= 1 && p <= 4) })
    },
  ],
  [
    '-ct',
    (reading, words, directive) => {
      const problem = `Color table index must be a number between 0 and ${COLOR_TABLE_COUNT - 1}`
      const isTable = (n: number): boolean => Number.isInteger(n) && n >= 0 && n < COLOR_TABLE_COUNT
      return withInput(reading, { colorTable: numberWord(words, directive, problem, isTable) })
    },
  ],
  [
    '-saturate',
    (reading, words, directive) => {
      const problem = 'Saturation level must be a number between 0 and 255'
      return withInput(reading, {
        saturate: numberWord(words, directive, problem, (v) => v >= 0 && v <= 255),
      })
    },
  ],
  [
    '-fontscale',
    (reading, words, directive) => {
      const problem = 'Font scale parameter must a number greater than zero.'
      return withSettings(reading, { fontScale: numberWord(words, directive, problem, (s) => s > 0) })
    },
  ],
  [
    '-fontfile',
    (reading, words) => withInput(reading, { fontFile: fileWord(words, 'No alternate font file argument.') }),
  ],
  [
    '-color',
    (reading, words, directive) => {
      const [color = ''] = words.need(directive, 1)
      return withSettings(reading, { color })
    },
  ],
  ['-csys', (reading, words, directive) => withSettings(reading, { frame: frameWords(words, directive) })],
  [
    '-grid',
    (reading, words, directive) =>
      withOverlay(reading, { type: 'grid', frame: frameWords(words, directive) }),
  ],
  [
    '-symbol',
    (reading, words, directive) => withSettings(reading, { symbol: symbolWords(words, directive) }),
  ],
  [
    '-catalog',
    (reading, words, directive) => withOverlay(reading, catalogOverlay(reading, words, directive)),
  ],
  ['-scalecol', column('scaleColumn')],
  ['-sizecol', column('sizeColumn')],
  ['-shapecol', column('shapeColumn')],
  ['-labelcol', column('labelColumn')],
  ['-colorcol', column('colorColumn')],
  [
    '-imginfo',
    (reading, words, directive) => {
      const [file = ''] = words.need(directive, 1)
      return withOverlay(reading, { type: 'imginfo', file, frame: reading.settings.frame })
    },
  ],
  [
    '-mark',
    (reading, words, directive) => {
      const [lon = '', lat = ''] = words.need(directive, 2)
      const { frame, symbol } = reading.settings
      return withOverlay(reading, { type: 'mark', ...placeWords(lon, lat), frame, symbol })
    },
  ],
  [
    '-label',
    (reading, words, directive) => {
      const [lon = '', lat = '', text = ''] = words.need(directive, 3)
      return withOverlay(reading, {
        type: 'label',
        ...placeWords(lon, lat),
        text,
        frame: reading.settings.frame,
      })
    },
  ],
  ['-gray', image('gray')],
  ['-grey', image('gray')],
  ['-red', image('red')],
  ['-green', image('green')],
  ['-blue', image('blue')],
  ['-out', output('png')],
  ['-png', output('png')],
  ['-jpeg', output('jpeg')],
])

function placeWords(
  lon: string,
  lat: string,
): Pick<ViewerOverlay & { readonly type: 'mark' }, 'lon' | 'lat'> {
  return { lon: coordinateFromWord(lon, 'longitude'), lat: coordinateFromWord(lat, 'latitude') }
}
