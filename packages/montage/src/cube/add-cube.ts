import { readImage } from '@skyloom/fits'
import { combinePlanes, type FloatPlane, type PlacedPlane, type Region } from '@skyloom/mosaic'
import { type AddInput, type AddResult, checkedSource, gridOf } from '../add/add.ts'
import { readAddTable } from '../add/add-table.ts'
import { combineArgument } from '../add/combine-argument.ts'
import type { MosaicSource } from '../add/mosaic-source.ts'
import { DEBUG_LEVEL_OPTION, STATUS_OPTION } from '../command/manual.ts'
import {
  defineModule,
  hasOption,
  type ModuleCall,
  type MontageModule,
  operand,
  optionValue,
  type Place,
} from '../command/module.ts'
import { secondsSince, systemSeconds } from '../command/seconds.ts'
import { MontageError } from '../errors.ts'
import { productCards } from '../header/product-cards.ts'
import { readTemplateFile } from '../header/read-template.ts'
import { areaName, outputBase } from '../image/area-name.ts'
import { openImage } from '../image/open-image.ts'
import { stripRowsOf } from '../image/read-part.ts'
import { writeImages } from '../image/write-images.ts'
import { hasColumns, needColumns, numbers, readTable } from '../table/table-columns.ts'

/** Input of {@link mAddCube}. */
export type AddCubeInput = Pick<
  AddInput,
  'images' | 'template' | 'output' | 'folder' | 'method' | 'isExactSize' | 'hasNoAreas'
>

/** Result of {@link mAddCube}. */
export type AddCubeResult = AddResult

/** A cube of the table with its place in the mosaic. */
interface CubeSource extends MosaicSource {
  readonly depth: number
  /** Plane of the mosaic, from 0, that its first plane becomes. */
  readonly plane: number
}

/** Depth values of the table that must be equal in all rows. */
const SHARED = ['crval3', 'cdelt3', 'crval4', 'cdelt4'] as const
/** Planes lie on each other when reference planes differ by whole numbers within this. */
const PLANE_TOLERANCE = 0.01

/**
 * Adds cubes on one grid to a mosaic cube, plane by plane and strip by strip, with the rules of mAdd. Cubes are placed in depth by `crpix3`.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_TABLE`, `MONTAGE_BAD_HEADER`, `MONTAGE_BAD_IMAGE`, `MONTAGE_CANNOT_WRITE`
 */
export async function mAddCube(input: AddCubeInput, place: Place = {}): Promise<AddCubeResult> {
  const start = systemSeconds()
  const { hasNoAreas = false, method = 'mean' } = input
  const template = await readTemplateFile(place, input.template)
  const images = await readAddTable(place, input.images)
  const grid = gridOf(template, images, input)
  const depths = await readDepths(place, input)
  const { crpix3, depth } = depthOf(depths, template.header, input)
  const sources: CubeSource[] = []
  for (const [index, image] of images.entries()) {
    const source = await checkedSource(image, input, template, grid, place)
    const own = depths[index] ?? { crpix3: 1, naxis3: 1 }
    sources.push({ ...source, depth: own.naxis3, plane: planeOf(crpix3 - own.crpix3, image.fname) })
  }
  sources.sort((a, b) => a.row - b.row)
  const { cdelt1, cdelt2 } = images[0] ?? { cdelt1: 1, cdelt2: 1 }
  const combine = { method, pixelArea: hasNoAreas ? 1 : Math.abs(cdelt1 * cdelt2) * (Math.PI / 180) ** 2 }
  const header = productCards(template.header, grid.crpix1, grid.crpix2)
  if (header.has('CRPIX3')) header.setFloat('CRPIX3', crpix3)
  const base = outputBase(input.output)
  const layout = (shape: readonly number[]): { readonly bitpix: -64; readonly shape: readonly number[] } => ({
    bitpix: -64,
    shape,
  })
  const cube = { path: `${base}.fits`, header, layout: layout([depth, grid.height, grid.width]) }
  const area = { path: areaName(base), header, layout: layout([grid.height, grid.width]) }
  const stripRows = stripRowsOf(grid.width)
  const readers = openSources(sources, hasNoAreas, place)
  try {
    await writeImages(place, hasNoAreas ? [cube] : [cube, area], async ([data, areas]) => {
      const covered = new Float64Array(hasNoAreas ? 0 : grid.width * grid.height)
      for (let plane = 0; plane < depth; plane++) {
        for (let row = 0; row < grid.height; row += stripRows) {
          const height = Math.min(stripRows, grid.height - row)
          const parts: PlacedPlane[] = []
          for (const source of sources) {
            const part = await readers.read(source, plane, row, height, grid.width)
            if (part !== undefined) parts.push(part)
          }
          const made = combinePlanes(parts, { width: grid.width, height }, combine)
          await data?.writeRows(made.image.data)
          if (!hasNoAreas) raise(covered, made.area.data, row * grid.width)
        }
      }
      await areas?.writeRows(covered)
    })
  } finally {
    await readers.close()
  }
  return { time: secondsSince(start) }
}

/** The area of a pixel is the largest that it has in any plane. */
function raise(covered: Float64Array, areas: Float64Array, at: number): void {
  for (let i = 0; i < areas.length; i++) covered[at + i] = Math.max(covered[at + i]!, areas[i]!)
}

/** Depth of a cube as the table has it. */
interface Depth {
  readonly crpix3: number
  readonly naxis3: number
}

async function readDepths(place: Place, { images }: AddCubeInput): Promise<readonly Depth[]> {
  const { table } = await readTable(place, images, `Invalid image metadata file: ${images}`)
  const need =
    'Need columns: cntr,fname, crpix1, crpix2, cdelt1, cdelt2, naxis1, naxis2, naxis3, crval1, crval2 in image list'
  needColumns(table, ['naxis3'], images, need)
  for (const name of SHARED) {
    if (!hasColumns(table, [name])) continue
    const values = numbers(table, name)
    if (values.some((value) => value !== values[0]))
      throw new MontageError('MONTAGE_BAD_TABLE', 'Images are not in same pixel space', {
        where: [images, name],
        allowed: 'one value in all rows',
      })
  }
  const crpix3 = hasColumns(table, ['crpix3']) ? numbers(table, 'crpix3') : undefined
  return [...numbers(table, 'naxis3')].map((naxis3, row) => ({
    naxis3: Math.max(1, naxis3),
    crpix3: crpix3?.[row] ?? 1,
  }))
}

/** Depth of the mosaic: that of the template, or that of the cubes together. */
function depthOf(
  depths: readonly Depth[],
  header: { number(keyword: string, fallback: undefined): number | undefined },
  input: AddCubeInput,
): { readonly crpix3: number; readonly depth: number } {
  const high = depths.reduce((most, { crpix3 }) => Math.max(most, crpix3), -Infinity)
  const low = depths.reduce((least, { crpix3, naxis3 }) => Math.min(least, crpix3 - naxis3 + 1), Infinity)
  const together = { crpix3: high, depth: Math.floor(high - low + 1 + 0.5) }
  const depth = header.number('NAXIS3', undefined)
  if (depth === undefined) return together
  const whole = { crpix3: header.number('CRPIX3', undefined) ?? high, depth }
  return input.isExactSize === true || together.depth >= depth ? whole : together
}

function planeOf(offset: number, fname: string): number {
  const plane = Math.round(offset)
  if (Math.abs(offset - plane) <= PLANE_TOLERANCE) return plane
  throw new MontageError(
    'MONTAGE_BAD_TABLE',
    `CRPIX3 of image ${fname} is not a whole number of planes away`,
    {
      where: [fname],
      found: String(offset),
      remedy: 'project all cubes onto one template first',
    },
  )
}

/** Reads parts of planes of the cubes; files stay open. */
interface CubeReaders {
  read(
    source: CubeSource,
    plane: number,
    row: number,
    height: number,
    width: number,
  ): Promise<PlacedPlane | undefined>
  close(): Promise<void>
}

/** More files are not kept open. */
const MAX_OPEN = 200

function openSources(sources: readonly CubeSource[], hasNoAreas: boolean, place: Place): CubeReaders {
  type Open = Awaited<ReturnType<typeof openImage>>
  const files = new Map<string, Open>()
  const opened = async (path: string, problem: string): Promise<Open> => {
    const found = files.get(path)
    if (found !== undefined) return found
    for (const [oldest, file] of files) {
      if (files.size < MAX_OPEN) break
      files.delete(oldest)
      await file.file.close()
    }
    const file = await openImage(place, path, 0, problem)
    files.set(path, file)
    return file
  }
  const part = async (
    path: string,
    problem: string,
    where: { readonly region: Region; readonly plane?: number },
  ): Promise<FloatPlane> => {
    const { hdu } = await opened(path, problem)
    try {
      return await readImage(hdu, { ...where, as: 'float64' })
    } catch (cause) {
      throw new MontageError('MONTAGE_BAD_IMAGE', problem, { where: [path], cause })
    }
  }
  return {
    async read(source, plane, row, height, width) {
      const own = plane - source.plane
      const first = Math.max(row, source.row)
      const end = Math.min(row + height, source.row + source.height)
      const firstCol = Math.max(0, source.col)
      const endCol = Math.min(width, source.col + source.width)
      if (own < 0 || own >= source.depth || first >= end || firstCol >= endCol) return undefined
      const region = {
        col: firstCol - source.col,
        row: first - source.row,
        width: endCol - firstCol,
        height: end - first,
      }
      const { path } = source
      const image = await part(path, `Image file ${path} missing or invalid FITS`, { region, plane: own })
      const areaPath = areaName(path)
      const area = hasNoAreas
        ? undefined
        : await part(areaPath, `Area file ${areaPath} missing or invalid FITS`, { region })
      return { image, area, col: firstCol, row: first - row }
    },
    async close() {
      for (const { file } of files.values()) await file.close()
    },
  }
}

function readCall(call: ModuleCall): AddCubeInput {
  const folder = optionValue(call, 'p')
  return {
    images: operand(call, 0),
    template: operand(call, 1),
    output: operand(call, 2),
    method: combineArgument(call),
    isExactSize: hasOption(call, 'e'),
    hasNoAreas: hasOption(call, 'n'),
    ...(folder === undefined ? {} : { folder }),
  }
}

/** The module mAddCube. */
export const addCubeModule: MontageModule = defineModule<AddCubeInput, AddCubeResult>({
  name: 'mAddCube',
  summary: 'Adds cubes on one grid to a mosaic.',
  usage:
    '%s [-p imgdir] [-n(o-areas)] [-a mean|median|count] [-e(xact-size)] [-d level] [-s statusfile] images.tbl template.hdr out.fits',
  style: 'getopt',
  options: 'p:na:ed:s:',
  operands: [3, 3],
  isNamed: true,
  fields: [['time', 'time']],
  manual: {
    description:
      'Adds cubes that were projected onto one template to a mosaic cube: each plane as mAdd adds images. Cubes are placed in depth by `crpix3`. The area image has one plane: the largest area of a pixel in any plane.',
    options: [
      ['-p imgdir', 'Folder of the cubes.'],
      ['-n', 'No area images; every pixel with data has area 1.'],
      [
        '-a mean|median|count',
        'How values become one, as in mAdd; default `mean`. `sum` and `clip` are known too.',
      ],
      ['-e', 'Keep the size of the template.'],
      DEBUG_LEVEL_OPTION,
      STATUS_OPTION,
    ],
    operands: [
      ['images.tbl', 'Image metadata table of the cubes, as mImgtbl makes it.'],
      ['template.hdr', 'Header template with three axes.'],
      ['out.fits', 'Cube that is written; its areas go to `out_area.fits`.'],
    ],
    reads: [
      [
        'images.tbl',
        'Columns of mAdd and `naxis3`; `crpix3` when cubes begin at different planes. `crval3`, `cdelt3` (`crval4`, `cdelt4`) must be equal in all rows.',
      ],
    ],
    returns: { time: 'Time it took.' },
    example: ['mAddCube -p projected images.tbl region.hdr mosaic.fits'],
  },
  read: readCall,
  run: mAddCube,
})
