import { join } from 'node:path'
import { tableKeyword } from '@skyloom/fits/tables'
import { HPX_PLANE_FACES, type HpxPlate, plateReferenceDeg, type Region } from '@skyloom/mosaic'
import { pathOf } from '../command/files.ts'
import type { Place } from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { type HpxTemplate, hpxPlaneSide, hpxTemplate } from '../healpix/hpx-template.ts'
import { plateName } from '../healpix/plate.ts'
import { needColumns, numbers, readTable } from '../table/table-columns.ts'

/** A plate of a run. */
export interface RunPlate extends HpxPlate {
  readonly name: string
}

/** The folder in which a HiPS is made plate by plate, as mHiPSSetup begins it. */
export interface PlateRun {
  /** Absolute path. */
  readonly folder: string
  /** Deepest order of the tiles. */
  readonly order: number
  /** Plates along a side of the plane at that order. */
  readonly across: number
  /** Pixels by which the images of plates reach over their sides. */
  readonly pad: number
  /** Absolute folder of the input images. */
  readonly imageFolder: string
  /** The plates of the deepest order, numbered from 0. */
  readonly plates: readonly RunPlate[]
}

/** Names within the folder. */
export const PLATE_LIST = 'platelist.tbl'
export const INPUT_IMAGES = 'images.tbl'
/** Table of the images of the plates, for mBgModel and mBackground. */
export const PLATE_IMAGES = 'plates.tbl'
export const STATUS_FILES = 'statfiles.tbl'
/** Folder of the FITS images of plates before anything is done to them. */
export const MOSAICS = 'mosaics'
export const HIPS = 'hips'

/** A table of plates. */
export type PlateTable = Omit<PlateRun, 'folder'>

/**
 * Reads the plate list of a run.
 *
 * @throws MontageError `MONTAGE_NO_FILE` when the folder was not begun by mHiPSSetup, `MONTAGE_BAD_TABLE`
 */
export async function readPlateRun(folder: string, place: Place): Promise<PlateRun> {
  const list = await readPlateList(join(folder, PLATE_LIST), place)
  return { ...list, folder: pathOf(place, folder) }
}

/**
 * Reads a plate list of mHiPSSetup or mHPXPlateList, which knows no pads.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_TABLE`
 */
export async function readPlateList(path: string, place: Place): Promise<PlateTable> {
  const { table } = await readTable(place, path, `Invalid plate list: ${path}`)
  needColumns(table, ['id', 'i', 'j'], path, `Need columns: id i j in ${path}`)
  const keyword = (name: string, otherwise?: number): number => {
    const value = Number(tableKeyword(table, name) ?? otherwise ?? Number.NaN)
    if (Number.isInteger(value) && value >= 0) return value
    throw new MontageError('MONTAGE_BAD_TABLE', `Need keyword ${name} in ${path}`, {
      where: [path],
      remedy: 'make the list with mHiPSSetup or mHPXPlateList',
    })
  }
  const [order, across, pad] = [keyword('order'), keyword('nplate'), keyword('pad', 0)]
  const [is, js] = [numbers(table, 'i'), numbers(table, 'j')]
  const plates = Array.from(is, (i, row) => namedPlate({ i, j: js[row] ?? 0 }, across))
  return { order, across, pad, imageFolder: String(tableKeyword(table, 'imgdir') ?? ''), plates }
}

/** A plate with its name. */
export function namedPlate(plate: HpxPlate, across: number): RunPlate {
  return { i: plate.i, j: plate.j, name: plateName(plate, across) }
}

/** Plates along a side of the plane at an order: halved with each order up to one a face. */
export function acrossAt(run: Pick<PlateRun, 'order' | 'across'>, order: number): number {
  return Math.max(HPX_PLANE_FACES, run.across / 2 ** (run.order - order))
}

/** The plate of the next coarser order that holds a plate of this one. */
export function parentPlate(run: PlateRun, order: number, plate: HpxPlate): RunPlate {
  const [own, above] = [acrossAt(run, order), acrossAt(run, order - 1)]
  const half = own === above ? 1 : 2
  return namedPlate({ i: Math.floor(plate.i / half), j: Math.floor(plate.j / half) }, above)
}

/** The plates of an order, by name. */
export function platesAt(run: PlateRun, order: number): readonly RunPlate[] {
  let plates = run.plates
  for (let k = run.order; k > order; k--) {
    const parents = new Map<string, RunPlate>()
    for (const plate of plates) {
      const parent = parentPlate(run, k, plate)
      parents.set(parent.name, parent)
    }
    plates = [...parents.values()]
  }
  return plates
}

/** The pixels of a plate in the plane, those that reach over its sides as well. */
export function plateRegion(across: number, order: number, pad: number, { i, j }: HpxPlate): Region {
  const naxis = hpxPlaneSide(order) / across
  return { col: i * naxis - pad, row: j * naxis - pad, width: naxis + 2 * pad, height: naxis + 2 * pad }
}

/** Pixels by which the images of plates reach over their sides at an order: only those of the deepest are compared with each other. */
export function padAt(run: Pick<PlateRun, 'order' | 'pad'>, order: number): number {
  return order === run.order ? run.pad : 0
}

/** Template of the image of a plate. */
export function plateTemplate(across: number, order: number, pad: number, plate: HpxPlate): HpxTemplate {
  return hpxTemplate(order, plateRegion(across, order, pad, plate), plateReferenceDeg(plate, across))
}

/** Header template of a plate, within the folder. */
export function headerOf(run: PlateRun, order: number, { name }: RunPlate): string {
  return order === run.order ? `headers/${name}.hdr` : `headers/order${order}/${name}.hdr`
}
