import { basename, join } from 'node:path'
import type { RelaxOverlap } from '@skyloom/mosaic'
import { pathExists, readText } from '../command/files.ts'
import type { Place } from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { needColumns, readTable, texts } from '../table/table-columns.ts'
import type { BgImage } from './bg-tables.ts'

/** Lines of a block: thirteen values or pairs of values, two rows of a matrix among them, and an empty line. */
const BLOCK_LINES = 15
/** Where the values of a line begin. */
const VALUE_COLUMN = 28

/**
 * Overlaps across the gaps and the seam of an HPX map: the fits of the files that `gap.tbl` lists, and ties of the images that `wrap.tbl`
 * lists, which show the same sky.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_TABLE`
 */
export async function readGapFits(
  folder: string,
  images: readonly BgImage[],
  place: Place,
): Promise<readonly RelaxOverlap[]> {
  const gaps = await readGaps(folder, images, place)
  const wraps = await readWraps(folder, images, place)
  return [...gaps, ...wraps]
}

async function readGaps(
  folder: string,
  images: readonly BgImage[],
  place: Place,
): Promise<readonly RelaxOverlap[]> {
  const path = join(folder, 'gap.tbl')
  const { table } = await readTable(place, path, `Invalid gap table: ${path}`)
  needColumns(table, ['file'], path, 'Need column: file in gap table')
  const overlaps: RelaxOverlap[] = []
  for (const name of texts(table, 'file')) {
    const file = join(folder, name)
    const lines = (await readText(place, file, `Cannot open gap file: ${file}`)).trimEnd().split('\n')
    for (let first = 0; first < lines.length; first += BLOCK_LINES)
      overlaps.push(gapOverlap(lines.slice(first, first + BLOCK_LINES), images, file, first))
  }
  return overlaps
}

function gapOverlap(
  lines: readonly string[],
  images: readonly BgImage[],
  file: string,
  first: number,
): RelaxOverlap {
  const text = (line: number): string => (lines[line] ?? '').slice(VALUE_COLUMN).trim()
  const values = (line: number, count: number): readonly number[] => {
    const found = text(line).split(/\s+/).map(Number)
    if (found.length >= count && found.every(Number.isFinite)) return found
    throw new MontageError('MONTAGE_BAD_TABLE', `Invalid gap file: ${file}`, {
      where: [file, `line ${first + line + 1}`],
      found: lines[line] ?? 'the end of the file',
      allowed: `${count} number${count === 1 ? '' : 's'} from column ${VALUE_COLUMN + 1}`,
    })
  }
  const [a = 0, b = 0, c = 0] = values(2, 3)
  const [x = 0, y = 0] = values(9, 2)
  const [width = 0, height = 0, angleDeg = 0] = values(10, 3)
  const hasTransform = (values(11, 1)[0] ?? 0) !== 0
  const overlap = {
    plus: counterOf(text(0), images, file),
    minus: counterOf(text(1), images, file),
    plane: { a, b, c },
    box: { x, y, width, height, angleDeg },
    isUsed: true,
    isOneSided: true,
  }
  if (!hasTransform) return overlap
  // A third number of a row is the shift of the origin that goes with it; files of Montage have none.
  const [aa = 0, ab = 0, shiftX = 0] = values(12, 2)
  const [ba = 0, bb = 0, shiftY = 0] = values(13, 2)
  return { ...overlap, mapMinus: { matrix: [aa, ab, ba, bb], shift: [shiftX, shiftY] } }
}

async function readWraps(
  folder: string,
  images: readonly BgImage[],
  place: Place,
): Promise<readonly RelaxOverlap[]> {
  const path = join(folder, 'wrap.tbl')
  if (!(await pathExists(place, path))) return []
  const { table } = await readTable(place, path, `Invalid wrap table: ${path}`)
  needColumns(table, ['plus', 'minus'], path, 'Need columns: plus minus in wrap table')
  const minus = texts(table, 'minus')
  return texts(table, 'plus').flatMap((name, row) => {
    const [first, second] = [name, minus[row] ?? ''].map((one) => imageOf(one, images, path))
    return first === undefined || second === undefined ? [] : [wrap(first, second), wrap(second, first)]
  })
}

/** The tie of an image to another that shows the same pixels about another reference pixel. */
function wrap(plus: BgImage, minus: BgImage): RelaxOverlap {
  const { width, height, crpix } = plus
  return {
    plus: plus.counter,
    minus: minus.counter,
    plane: { a: 0, b: 0, c: 0 },
    box: { x: (width - 1) / 2 - crpix.fitsX, y: (height - 1) / 2 - crpix.fitsY, width, height, angleDeg: 0 },
    isUsed: true,
    isOneSided: true,
    mapMinus: {
      matrix: [1, 0, 0, 1],
      shift: [crpix.fitsX - minus.crpix.fitsX, crpix.fitsY - minus.crpix.fitsY],
    },
  }
}

function counterOf(text: string, images: readonly BgImage[], file: string): number {
  return /^\d+$/.test(text) ? Number(text) : imageOf(text, images, file).counter
}

function imageOf(name: string, images: readonly BgImage[], file: string): BgImage {
  const image = images.find((one) => one.name === name || basename(one.name) === basename(name))
  if (image !== undefined) return image
  throw new MontageError('MONTAGE_BAD_TABLE', `Image ${name} is not in the image table`, { where: [file] })
}
