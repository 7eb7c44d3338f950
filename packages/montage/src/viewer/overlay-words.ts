import { DEFAULT_SYMBOL, type MarkSymbol, type SymbolShape, type SymbolUnit } from '@skyloom/mosaic/view'
import type { MontageFrame, MontageSystem } from '@skyloom/wcs'
import { MontageError } from '../errors.ts'
import type { ViewerCoordinate } from './viewer-input.ts'

function badWord(problem: string, found: string, allowed?: string): MontageError {
  return new MontageError('MONTAGE_BAD_ARGUMENT', problem, {
    found,
    ...(allowed === undefined ? {} : { allowed }),
  })
}

const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/

/** A number from a whole word, undefined when it is none. */
export function wordNumber(word: string | undefined): number | undefined {
  return word !== undefined && NUMBER.test(word) ? Number(word) : undefined
}

const SYSTEMS: readonly (readonly [start: string, julian: MontageSystem, besselian: MontageSystem])[] = [
  ['eq', 'EQUJ', 'EQUB'],
  ['ec', 'ECLJ', 'ECLB'],
  ['ga', 'GAL', 'GAL'],
  ['sg', 'SGAL', 'SGAL'],
  ['su', 'SGAL', 'SGAL'],
]

/** True for the word of an equinox: `J2000`, `B1950`. */
export function isEquinox(word: string): boolean {
  return /^[jb]\d+(?:\.\d+)?$/i.test(word)
}

/**
 * A coordinate system by its first letters (`eq`, `ec`, `ga`, `sg`; `equb` and `eclb` are Besselian) and its equinox (`J2000`, `B1950`).
 *
 * @throws MontageError `MONTAGE_BAD_ARGUMENT`
 */
export function frameFromWords(system: string, equinox?: string): MontageFrame {
  const name = system.toLowerCase()
  const found = SYSTEMS.find(([start]) => name.startsWith(start))
  if (found === undefined)
    throw badWord(
      `Invalid coordinate system: ${system}`,
      system,
      'equatorial, ecliptic, galactic or supergalactic',
    )
  if (equinox !== undefined && !isEquinox(equinox))
    throw badWord(`Invalid equinox: ${equinox}`, equinox, 'J or B and a year: J2000')
  const isBesselian = equinox === undefined ? /^(?:equ|ecl)b/.test(name) : /^b/i.test(equinox)
  const epochYear = equinox === undefined ? (isBesselian ? 1950 : 2000) : Number(equinox.slice(1))
  return { system: found[isBesselian ? 2 : 1], epochYear }
}

/**
 * Coordinate system in one text, as the JSON description has it: `Equ J2000`.
 *
 * @throws MontageError `MONTAGE_BAD_ARGUMENT`
 */
export function frameFromText(text: string): MontageFrame {
  const [system = '', equinox] = text.trim().split(/\s+/)
  return frameFromWords(system, equinox)
}

/**
 * A coordinate in degrees, or in pixels with a `p` behind it.
 *
 * @throws MontageError `MONTAGE_BAD_ARGUMENT`
 */
export function coordinateFromWord(word: string, what: string): ViewerCoordinate {
  const isPixel = /p$/i.test(word)
  const value = wordNumber(isPixel ? word.slice(0, -1) : word)
  if (value === undefined)
    throw badWord(`Invalid ${what}: ${word}`, word, 'degrees, or pixels with a p behind them')
  return isPixel ? { pixel: value } : value
}

const UNITS: ReadonlyMap<string, SymbolUnit> = new Map([
  ['', 'fraction'],
  ['s', 'arcsec'],
  ['m', 'arcmin'],
  ['d', 'degree'],
  ['p', 'pixel'],
])

/**
 * Size of a symbol: `10` heights of a character, `30s`, `2m`, `0.5d`, `12p`.
 *
 * @throws MontageError `MONTAGE_BAD_ARGUMENT`
 */
export function symbolSize(word: string): Pick<MarkSymbol, 'size' | 'unit'> {
  const [, digits, letter = ''] = /^(.*?)([smdp]?)[a-z]*$/i.exec(word) ?? []
  const isKnown = /^[^a-z]*(?:e[+-]?\d+)?(?:[smdp]|arcsec|arcmin|deg(?:rees?)?|pix(?:els?)?|sec|min)?$/i.test(
    word,
  )
  const size = wordNumber(digits)
  const unit = UNITS.get(unitLetter(word, letter))
  if (size === undefined || unit === undefined || !isKnown)
    throw badWord('Invalid symbol size', word, 'a number with s, m, d or p')
  return { size, unit }
}

function unitLetter(word: string, letter: string): string {
  if (/arcsec$/i.test(word)) return 's'
  if (/arcmin$/i.test(word)) return 'm'
  return letter.toLowerCase()
}

const POLYGONS: readonly (readonly [start: string, vertices: number, rotationDeg: number])[] = [
  ['triangle', 3, 0],
  ['box', 4, 45],
  ['square', 4, 45],
  ['diamond', 4, 0],
  ['pentagon', 5, 0],
  ['hexagon', 6, 0],
  ['septagon', 7, 0],
  ['octagon', 8, 0],
]
const FAMILIES = ['polygon', 'starred', 'skeletal'] as const

/** True when a shape may be followed by a count of vertices. */
export function takesVertices(word: string): boolean {
  return familyOf(word) !== undefined
}

function familyOf(word: string): (typeof FAMILIES)[number] | undefined {
  const name = word.toLowerCase()
  const numbered = /^[012]$/.test(name) ? FAMILIES[Number(name)] : undefined
  return numbered ?? FAMILIES.find((family) => name.length >= 3 && family.startsWith(name))
}

/**
 * A shape by its name; `polygon` (0), `starred` (1) and `skeletal` (2) with vertices (default 3) and a turn to the west in degrees.
 *
 * @throws MontageError `MONTAGE_BAD_ARGUMENT`
 */
export function symbolShape(word: string, vertexWord?: string, rotationWord?: string): SymbolShape {
  const name = word.toLowerCase()
  const polygon = POLYGONS.find(([start]) => name.length >= 3 && start.startsWith(name))
  if (polygon !== undefined) return { kind: 'polygon', vertices: polygon[1], rotationDeg: polygon[2] }
  if (name === 'plus') return { kind: 'skeletal', vertices: 4, rotationDeg: 0 }
  if (name === 'el' || name === 'ell') return { kind: 'el' }
  if (name === 'circle' || name === 'compass') return { kind: name }
  const kind = familyOf(word)
  if (kind === undefined) throw badWord('Invalid symbol type', word)
  const vertices = vertexWord === undefined ? 3 : (wordNumber(vertexWord) ?? 0)
  if (!Number.isInteger(vertices) || vertices < 3 || vertices > MAX_VERTICES)
    throw badWord(
      'Invalid vertex count for symbol (must be an integer >= 3)',
      vertexWord ?? '',
      `3 to ${MAX_VERTICES}`,
    )
  const rotationDeg = rotationWord === undefined ? 0 : wordNumber(rotationWord)
  if (rotationDeg === undefined)
    throw badWord('Invalid rotation angle for symbol (must be number)', rotationWord ?? '')
  return { kind, vertices, rotationDeg }
}

/** More corners than any symbol can show. */
const MAX_VERTICES = 1000

/**
 * A symbol in one text, as the JSON description has it: `10 circle`, `2m starred 5`, `none`.
 *
 * @throws MontageError `MONTAGE_BAD_ARGUMENT`
 */
export function symbolFromWords(words: readonly string[]): MarkSymbol | 'none' {
  const [size = '', shape, vertices, rotation] = words
  if (size === 'none') return 'none'
  return {
    ...symbolSize(size),
    shape: shape === undefined ? DEFAULT_SYMBOL.shape : symbolShape(shape, vertices, rotation),
  }
}
