import { COLOR_TABLE_COUNT, DEFAULT_SYMBOL, type MarkSymbol } from '@skyloom/mosaic/view'
import { MontageError } from '../errors.ts'
import { coordinateFromWord, frameFromText, symbolShape, symbolSize, wordNumber } from './overlay-words.ts'
import { referenceWord, scalingWord } from './read-directives.ts'
import type { ViewerImage, ViewerInput, ViewerOverlay } from './viewer-input.ts'

/** Attributes of a JSON object; values as text, so that numbers may be written either way. */
interface Attributes {
  /** Text of a scalar; undefined when it is absent, null or empty. */
  text(key: string): string | undefined
  /** The object under a key. */
  object(key: string): Attributes | undefined
  objects(key: string): readonly Attributes[]
}

function bad(problem: string, found?: string): MontageError {
  return new MontageError('MONTAGE_BAD_ARGUMENT', problem, found === undefined ? {} : { found })
}

function attributes(value: object): Attributes {
  const entries = new Map<string, unknown>(Object.entries(value))
  const isObject = (one: unknown): one is object =>
    typeof one === 'object' && one !== null && !Array.isArray(one)
  return {
    text(key) {
      const one = entries.get(key)
      if (typeof one !== 'string' && typeof one !== 'number' && typeof one !== 'boolean') return undefined
      return one === '' ? undefined : String(one)
    },
    object(key) {
      const one = entries.get(key)
      return isObject(one) ? attributes(one) : undefined
    },
    objects(key) {
      const list: unknown = entries.get(key)
      if (list === undefined || list === null) return []
      if (!Array.isArray(list) || !list.every(isObject)) throw bad(`'${key}' must be a list of objects.`)
      return list.map(attributes)
    },
  }
}

/**
 * Reads the JSON description of a picture.
 *
 * @returns all but the output, which the command line gives
 * @throws MontageError `MONTAGE_BAD_ARGUMENT` in the words of mViewer
 */
export function readDescription(text: string): Omit<ViewerInput, 'output'> {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (cause) {
    throw new MontageError('MONTAGE_BAD_ARGUMENT', 'Invalid JSON structure.', { cause })
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw bad('Invalid JSON structure.')
  const given = attributes(value)
  const style = {
    color: given.text('color') ?? 'gray',
    frame: given.text('coord_sys') ?? 'Equ J2000',
    fontScale: fontScale(given) ?? 1,
    symbol: given.text('symbol'),
  }
  const table = given.object('gray_file')?.text('color_table') ?? given.text('color_table')
  const channels = CHANNELS.flatMap(([key, name]) => {
    const file = given.object(`${key}_file`)
    return file === undefined ? [] : [[key, imageOf(file, name)] as const]
  })
  return {
    ...wanted(given.text('image_type'), Object.fromEntries(channels)),
    ...optional('colorTable', table === undefined ? undefined : colorTable(table)),
    ...optional('trueColor', trueColor(given)),
    noWcs: isTrue(given.text('no_wcs')),
    noFlip: isTrue(given.text('no_flip')),
    overlays: given.objects('overlays').flatMap((overlay, index) => overlayOf(overlay, index, style)),
  }
}

const CHANNELS = [
  ['gray', 'Gray'],
  ['red', 'Red'],
  ['green', 'Green'],
  ['blue', 'Blue'],
] as const

type Channels = Partial<Record<'gray' | 'red' | 'green' | 'blue', ViewerImage>>

/** The images that the type of picture asks for. */
function wanted(type: string | undefined, { gray, ...colors }: Channels): Channels {
  const isGray = type !== undefined && /^gr[ae]y/i.test(type)
  const isColor = type !== undefined && /^colou?r/i.test(type)
  if (isGray && gray === undefined && Object.keys(colors).length > 0)
    throw bad('Grayscale/pseudocolor mode but no gray image given')
  if (isGray && gray !== undefined) return { gray }
  if (isColor) return colors
  return { ...(gray === undefined ? {} : { gray }), ...colors }
}

function optional<Key extends string, Value>(
  key: Key,
  value: Value | undefined,
): Partial<Record<Key, Value>> {
  // One key of the type `Key`.
  return value === undefined ? {} : ({ [key]: value } as Record<Key, Value>)
}

function isTrue(text: string | undefined): boolean {
  return text !== undefined && !/^(?:false|no|0)$/i.test(text)
}

function imageOf(file: Attributes, name: string): ViewerImage {
  const path = file.text('fits_file')
  if (path === undefined) throw bad(`${name} file has no 'fits_file' attribute.`)
  return {
    file: path,
    min: file.text('stretch_min') ?? '',
    max: file.text('stretch_max') ?? '',
    ...optional('stretch', file.text('stretch_mode')),
    ...optional('beta', file.text('stretch_beta')),
  }
}

function colorTable(text: string): number {
  const index = wordNumber(text)
  if (index !== undefined && Number.isInteger(index) && index >= 0 && index < COLOR_TABLE_COUNT) return index
  throw bad(`Color table index must be a number between 0 and ${COLOR_TABLE_COUNT - 1}`, text)
}

function trueColor(given: Attributes): number | undefined {
  const text = given.text('true_color')
  if (text === undefined || /^(?:false|no|0)$/i.test(text)) return undefined
  const power = wordNumber(text)
  if (power !== undefined && power >= 1 && power <= 4) return power
  throw bad('Color enhancement parameter must be a number between 1. and 4.', text)
}

function fontScale(given: Attributes): number | undefined {
  const text = given.text('font_scale')
  if (text === undefined) return undefined
  const scale = wordNumber(text)
  if (scale !== undefined && scale > 0) return scale
  throw bad('Font scale parameter must a number greater than zero.', text)
}

interface Style {
  readonly color: string
  readonly frame: string
  readonly fontScale: number
  readonly symbol: string | undefined
}

function overlayOf(overlay: Attributes, index: number, style: Style): readonly ViewerOverlay[] {
  const need = (key: string): string => {
    const text = overlay.text(key)
    if (text === undefined) throw bad(`Overlay ${index} has no '${key}' attribute.`)
    return text
  }
  const type = need('type')
  const isHidden = overlay.text('visible') !== undefined && !isTrue(overlay.text('visible'))
  if (isHidden) return []
  const base = {
    color: overlay.text('color') ?? style.color,
    fontScale: fontScale(overlay) ?? style.fontScale,
  }
  const frame = (): ReturnType<typeof frameFromText> =>
    frameFromText(overlay.text('coord_sys') ?? style.frame)
  const place = (): {
    lon: ReturnType<typeof coordinateFromWord>
    lat: ReturnType<typeof coordinateFromWord>
  } => ({
    lon: coordinateFromWord(need('lon'), 'longitude'),
    lat: coordinateFromWord(need('lat'), 'latitude'),
  })
  switch (type.toLowerCase()) {
    case 'grid':
      return [{ ...base, type: 'grid', frame: frameFromText(need('coord_sys')) }]
    case 'catalog':
      return [
        {
          ...base,
          type: 'catalog',
          file: need('data_file'),
          frame: frame(),
          symbol: symbolOf(overlay, index, style),
          ...columns(overlay),
        },
      ]
    case 'imginfo':
      return [{ ...base, type: 'imginfo', file: need('data_file'), frame: frame() }]
    case 'mark':
      return [{ ...base, type: 'mark', ...place(), frame: frame(), symbol: symbolOf(overlay, index, style) }]
    case 'label':
      return [{ ...base, type: 'label', ...place(), text: need('text'), frame: frame() }]
    default:
      throw bad(`Overlay ${index} has an unknown 'type': ${type}`, type)
  }
}

function columns(overlay: Attributes): Partial<ViewerOverlay & { readonly type: 'catalog' }> {
  const reference = overlay.text('data_ref')
  const scaling = overlay.text('data_type')
  return {
    ...optional('scaleColumn', overlay.text('data_column')),
    ...optional('reference', reference === undefined ? undefined : referenceWord(reference)),
    ...optional('scaling', scaling === undefined ? undefined : scalingWord(scaling)),
    ...optional('sizeColumn', overlay.text('size_column')),
    ...optional('shapeColumn', overlay.text('shape_column')),
    ...optional('labelColumn', overlay.text('label_column')),
    ...optional('colorColumn', overlay.text('color_column')),
  }
}

function symbolOf(overlay: Attributes, index: number, style: Style): MarkSymbol | 'none' {
  const shape = overlay.text('symbol') ?? overlay.text('sym_type') ?? style.symbol
  if (shape === 'none') return 'none'
  const size = overlay.text('sym_size')
  try {
    const sized = size === undefined ? DEFAULT_SYMBOL : symbolSize(size)
    const words = shape?.trim().split(/\s+/) ?? []
    const [name, sides = overlay.text('sym_sides'), rotation = overlay.text('sym_rotation')] = words
    return {
      ...DEFAULT_SYMBOL,
      ...sized,
      shape: name === undefined ? DEFAULT_SYMBOL.shape : symbolShape(name, sides, rotation),
    }
  } catch (cause) {
    const isSize = cause instanceof MontageError && cause.problem === 'Invalid symbol size'
    const problem = isSize
      ? `Invalid symbol size in overlay ${index}.`
      : `Invalid symbol attribute for overlay ${index}.`
    throw new MontageError('MONTAGE_BAD_ARGUMENT', problem, { cause })
  }
}
