import { type BackgroundPlane, boxMoments, FIT_FIELDS, type Moments, type OverlapFit } from '@skyloom/mosaic'
import type { Place } from '../command/module.ts'
import { hasColumns, needColumns, numbers, readTable, texts } from '../table/table-columns.ts'

/** An image as mBgModel sees it. */
export interface BgImage {
  readonly counter: number
  /** File name, empty when the table has none. */
  readonly name: string
  readonly width: number
  readonly height: number
  readonly crpix: { readonly fitsX: number; readonly fitsY: number }
  /** Of all its pixels, in offsets from the reference pixel. */
  readonly moments: Moments
  readonly isLocked: boolean
}

/** A row of a table of fits. */
export interface TableFit {
  readonly plus: number
  readonly minus: number
  readonly plane: BackgroundPlane
  readonly box: OverlapFit['fit']['box']
  readonly fit: OverlapFit['fit']
  /** Only the first image is moved. */
  readonly isOneSided: boolean
}

/**
 * The images of a table.
 *
 * @param options `isLevelOnly`: sizes and reference pixels are not needed
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_TABLE`
 */
export async function readBgImages(
  path: string,
  place: Place,
  options: { readonly isLevelOnly: boolean },
): Promise<readonly BgImage[]> {
  const { table } = await readTable(place, path, `Invalid image metadata file: ${path}`)
  const problem = 'Need columns: cntr nl ns crpix1 crpix2 in image info file'
  const geometry = ['nl|naxis2', 'ns|naxis1', 'crpix1', 'crpix2']
  needColumns(table, options.isLevelOnly ? ['cntr|id'] : ['cntr|id', ...geometry], path, problem)
  const column = (name: string): Float64Array | undefined =>
    hasColumns(table, [name]) ? numbers(table, name) : undefined
  const counters = numbers(table, 'cntr|id')
  const [heights, widths, crpix1, crpix2] = geometry.map(column)
  const locked = column('locked')
  const names = hasColumns(table, ['fname|file']) ? texts(table, 'fname|file') : []
  return Array.from(counters, (counter, row) => {
    const [width, height] = [widths?.[row] ?? 0, heights?.[row] ?? 0]
    const crpix = { fitsX: crpix1?.[row] ?? 0, fitsY: crpix2?.[row] ?? 0 }
    const x = (width - 1) / 2 - crpix.fitsX
    const y = (height - 1) / 2 - crpix.fitsY
    const moments = boxMoments({ x, y, width, height, angleDeg: 0 })
    const isLocked = locked?.[row] === 1
    return { counter, name: names[row] ?? '', width, height, crpix, moments, isLocked }
  })
}

/**
 * The rows of a table of fits. A fit without an rms, as Montage writes for equal images, has an infinite one.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_TABLE`
 */
export async function readBgFits(path: string, place: Place): Promise<readonly TableFit[]> {
  const { table } = await readTable(place, path, `Invalid background fit parameters file: ${path}`)
  const names = ['plus', 'minus', ...FIT_FIELDS]
  needColumns(table, names, path, `Need columns: ${names.join(' ')}`)
  const columns = new Map(names.map((name) => [name, numbers(table, name)]))
  const rmsTexts = texts(table, 'rms')
  const levelOnly = hasColumns(table, ['level_only']) ? numbers(table, 'level_only') : undefined
  return Array.from({ length: table.rowCount }, (_, row) => {
    const value = (name: string): number => columns.get(name)?.[row] ?? 0
    const plane = { a: value('a'), b: value('b'), c: value('c') }
    const box = {
      x: value('boxx'),
      y: value('boxy'),
      width: value('boxwidth'),
      height: value('boxheight'),
      angleDeg: value('boxang'),
    }
    const fit = {
      ...plane,
      box,
      npixel: value('npixel'),
      rms: /inf|nan/i.test(rmsTexts[row] ?? '') ? Infinity : value('rms'),
      xmin: value('xmin'),
      xmax: value('xmax'),
      ymin: value('ymin'),
      ymax: value('ymax'),
      xcenter: value('xcenter'),
      ycenter: value('ycenter'),
    }
    const isOneSided = (levelOnly?.[row] ?? 0) !== 0
    return { plus: value('plus'), minus: value('minus'), plane, box, fit, isOneSided }
  })
}
