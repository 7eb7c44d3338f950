import type { MontageFrame, MontageSystem } from '@skyloom/wcs'
import { MontageError } from '../errors.ts'
import type { CatalogLayer, ImageRecipe, OutlineLayer } from './image-recipe.ts'

const SYSTEMS: ReadonlyMap<string, MontageSystem> = new Map([
  ['eq', 'EQUJ'],
  ['ec', 'ECLJ'],
  ['ga', 'GAL'],
  ['sg', 'SGAL'],
])

/**
 * The system that the words of mMakeImg stand for: the first letters of `equ`, `ecl`, `gal`, `sgal`. A `b` before the epoch makes it
 * Besselian; a bare number is a Julian epoch, as in Montage.
 *
 * @throws MontageError `MONTAGE_BAD_ARGUMENT`
 */
export function readSystem(csys: string, epoch: string = ''): MontageFrame {
  const name = csys.trim().toLowerCase()
  const system = SYSTEMS.get(name.slice(0, 2))
  const digits = /\d+(?:\.\d*)?$/.exec(epoch.trim() === '' ? name : epoch)?.[0]
  const epochYear = digits === undefined ? undefined : Number(digits)
  const isBesselian = /b\d*$/.test(name) || /^b/i.test(epoch.trim())
  if (system === undefined)
    throw new MontageError('MONTAGE_BAD_ARGUMENT', `Invalid coordinate system: ${csys}`, {
      found: csys,
      allowed: 'eq, ec, ga, sg; with an epoch',
    })
  if (system === 'GAL' || system === 'SGAL') return { system }
  const flavour = isBesselian ? (system === 'EQUJ' ? 'EQUB' : 'ECLB') : system
  return { system: flavour, epochYear: epochYear ?? (isBesselian ? 1950 : 2000) }
}

/**
 * Reads the JSON description of an image: `background` with `noise`, `bg11`, `bg1N`, `bgNN`, `bgN1` (first row, then column; `1` the
 * lower or left end), `datasets` with `type`, `file`, `column`, `width`, `shape`, `refval`, `mode`, `csys`, then `arrayfile` and `replace`.
 * Numbers may be written as text.
 *
 * @throws MontageError `MONTAGE_BAD_ARGUMENT` with the place of what is wrong
 */
export function readRecipe(json: string): ImageRecipe {
  const root = object(parse(json), 'JSON')
  const background = root.get('background')
  const levels = background === undefined ? undefined : object(background, 'background')
  const level = (key: string): number => number(levels?.get(key), `background.${key}`, 0)
  const list = root.get('datasets') ?? root.get('dataset') ?? []
  if (!Array.isArray(list)) throw bad('datasets', list, 'a list')
  const layers = list.map((entry: unknown, index) =>
    layerOf(object(entry, `datasets[${index}]`), `datasets[${index}]`),
  )
  const arrayFile = root.get('arrayfile')
  return {
    noise: level('noise'),
    seed: number(root.get('seed'), 'seed', 1),
    background: {
      lowerLeft: level('bg11'),
      lowerRight: level('bg1N'),
      upperRight: level('bgNN'),
      upperLeft: level('bgN1'),
    },
    layers,
    replaces: flag(root.get('replace'), 'replace'),
    ...(arrayFile === undefined ? {} : { arrayFile: text(arrayFile, 'arrayfile') }),
  }
}

type Entries = ReadonlyMap<string, unknown>

function parse(json: string): unknown {
  try {
    return JSON.parse(json)
  } catch (cause) {
    throw new MontageError('MONTAGE_BAD_ARGUMENT', 'Invalid JSON structure.', { cause })
  }
}

function object(value: unknown, place: string): Entries {
  if (typeof value === 'object' && value !== null && !Array.isArray(value))
    return new Map(Object.entries(value))
  throw bad(place, value, 'an object')
}

function text(value: unknown, place: string): string {
  if (typeof value === 'string' && value !== '') return value
  throw bad(place, value, 'text')
}

function number(value: unknown, place: string, absent: number): number {
  if (value === undefined) return absent
  const found = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  if (typeof found === 'number' && Number.isFinite(found)) return found
  throw bad(place, value, 'a number')
}

function flag(value: unknown, place: string): boolean {
  if (value === undefined) return false
  if (typeof value === 'boolean') return value
  const word = typeof value === 'string' || typeof value === 'number' ? String(value).toLowerCase() : ''
  if (word === 'true' || word === '1') return true
  if (word === 'false' || word === '0') return false
  throw bad(place, value, 'true or false')
}

function layerOf(entry: Entries, place: string): CatalogLayer | OutlineLayer {
  const file = text(entry.get('file'), `${place}.file`)
  const type = text(entry.get('type') ?? 'catalog', `${place}.type`)
  const refval = number(entry.get('refval'), `${place}.refval`, 1)
  if (type === 'imginfo') return { kind: 'imginfo', file, refval }
  if (type !== 'catalog') throw bad(`${place}.type`, type, 'catalog or imginfo')
  const column = entry.get('column')
  return {
    kind: 'catalog',
    file,
    width: number(entry.get('width'), `${place}.width`, 1),
    shape: readShape(text(entry.get('shape') ?? 'gaussian', `${place}.shape`)),
    refval,
    mode: readMode(text(entry.get('mode') ?? 'flux', `${place}.mode`)),
    frame: readSystem(text(entry.get('csys') ?? 'eq', `${place}.csys`)),
    ...(column === undefined || column === '' ? {} : { column: text(column, `${place}.column`) }),
  }
}

/** `gaussian` or `flat`. @throws MontageError `MONTAGE_BAD_ARGUMENT` */
export function readShape(word: string): CatalogLayer['shape'] {
  if (word === 'gaussian' || word === 'flat') return word
  throw bad('shape', word, 'gaussian or flat')
}

/** `flux` or `mag`. @throws MontageError `MONTAGE_BAD_ARGUMENT` */
export function readMode(word: string): CatalogLayer['mode'] {
  if (word === 'flux' || word === 'mag') return word
  throw bad('mode', word, 'flux or mag')
}

function bad(place: string, found: unknown, allowed: string): MontageError {
  return new MontageError('MONTAGE_BAD_ARGUMENT', `Invalid value for ${place}`, {
    where: [place],
    found: found === undefined ? 'nothing' : JSON.stringify(found),
    allowed,
  })
}
