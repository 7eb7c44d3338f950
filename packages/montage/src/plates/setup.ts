import { mkdir } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { parseHeaderTemplate } from '@skyloom/fits'
import { montageImageTableFormat, type Table } from '@skyloom/fits/tables'
import { HPX_PLANE_FACES, plateOrder } from '@skyloom/mosaic'
import { pathExists, pathOf, readText, writeText } from '../command/files.ts'
import { DEBUG_OPTION, type ManualRow } from '../command/manual.ts'
import {
  defineModule,
  integerArgument,
  type ModuleCall,
  type MontageModule,
  operand,
  optionValue,
  type Place,
} from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { mHPXOrder } from '../healpix/hpx-order.ts'
import { hpxPlaneSide, hpxTemplate, hpxTemplateText } from '../healpix/hpx-template.ts'
import { checkedTileOrder, orderArgument, TILE_SIDE } from '../healpix/order-argument.ts'
import { plateTable } from '../healpix/plate.ts'
import { cannotWrite } from '../image/cannot-write.ts'
import { hasCoverage, imageCorners } from '../table/image-corners.ts'
import { formatImageRows, imageRow } from '../table/image-rows.ts'
import { hasColumns, numbers, readTable } from '../table/table-columns.ts'
import { fitFile, platePairs } from './plate-pairs.ts'
import {
  acrossAt,
  headerOf,
  INPUT_IMAGES,
  namedPlate,
  PLATE_IMAGES,
  PLATE_LIST,
  type PlateRun,
  padAt,
  platesAt,
  plateTemplate,
  STATUS_FILES,
} from './plate-run.ts'
import { platesUnderImages } from './plates-under-images.ts'

/** Input of {@link mHiPSSetup}. */
export interface HipsSetupInput {
  /** Table of the images, as mImgtbl writes it. */
  readonly images: string
  /** Folder of the run; made when it is missing. */
  readonly folder: string
  /** Deepest order of the tiles; default the first whose pixels are not larger than the smallest ones of the images (mHPXOrder). */
  readonly order?: number
  /** Plates along a side of the plane, 5 times a power of 2; default such that a plate has at most 2048 pixels along a side. */
  readonly nplate?: number
  /** Pixels by which plates reach over their sides; even, at most 256; default 64. */
  readonly pad?: number
  /** Folder that names of the table start from; default that of the table. */
  readonly imageFolder?: string
}

/** Result of {@link mHiPSSetup}. */
export interface HipsSetupResult {
  readonly order: number
  readonly nplate: number
  /** Pixels along a side of a plate, without those that reach over. */
  readonly naxis: number
  /** Plates that images touch. */
  readonly count: number
}

/** Largest side of a plate when none is asked for. */
const PLATE_PIXELS = 2048
const DEFAULT_PAD = 64
const MAX_PAD = TILE_SIDE / 2
/** Largest side of an image. */
const MAX_IMAGE_DEG = 90

/**
 * Begins the folder of a HiPS that is made plate by plate: chooses order and plates, and writes what the scripts of all stages need - the
 * list of plates that images touch, their headers, the table of their images, the list of the fits of neighbours.
 *
 * @throws MontageError `MONTAGE_BAD_ARGUMENT`, `MONTAGE_NO_FILE`, `MONTAGE_BAD_TABLE`, `MONTAGE_NO_RESULT`, `MONTAGE_CANNOT_WRITE`
 */
export async function mHiPSSetup(input: HipsSetupInput, place: Place = {}): Promise<HipsSetupResult> {
  const { images, folder } = input
  const { table } = await readTable(place, images, `Invalid image metadata file: ${images}`)
  if (!hasCoverage(table))
    throw new MontageError('MONTAGE_BAD_TABLE', 'Need either WCS or corner columns.', { where: [images] })
  refuseWholeSky(table, images)
  const order = checkedTileOrder(input.order ?? (await mHPXOrder({ images }, place)).order)
  const across = acrossOf(order, input.nplate)
  const pad = input.pad ?? DEFAULT_PAD
  if (!(Number.isInteger(pad) && pad >= 0 && pad <= MAX_PAD && pad % 2 === 0))
    throw new MontageError('MONTAGE_BAD_ARGUMENT', `Pad (${pad}) must be even and from 0 to ${MAX_PAD}`)
  const plates = platesUnderImages(imageCorners(table), order, across, pad)
  if (plates.length === 0)
    throw new MontageError('MONTAGE_NO_RESULT', 'The images touch no plate', { where: [images] })
  const run: PlateRun = {
    folder: pathOf(place, folder),
    order,
    across,
    pad,
    imageFolder: pathOf(place, input.imageFolder ?? dirname(images)),
    plates: plates.map((plate) => namedPlate(plate, across)),
  }
  await writeRun(run, await readText(place, images, `Invalid image metadata file: ${images}`))
  return { order, nplate: across, naxis: hpxPlaneSide(order) / across, count: plates.length }
}

/** Corners tell nothing of images that go round the sky. */
function refuseWholeSky(table: Table, path: string): void {
  const sides = [
    ['naxis1|ns', 'cdelt1'],
    ['naxis2|nl', 'cdelt2'],
  ] as const
  for (const [count, step] of sides) {
    if (!hasColumns(table, [count, step])) continue
    const steps = numbers(table, step)
    const row = numbers(table, count).findIndex((pixels, at) => Math.abs(pixels * steps[at]!) > MAX_IMAGE_DEG)
    if (row >= 0)
      throw new MontageError(
        'MONTAGE_BAD_TABLE',
        `Image ${row + 1} of ${path} is wider than ${MAX_IMAGE_DEG} degrees`,
        {
          where: [path],
          remedy: 'cut it with mTileImage first, or use skyloom mosaic hips',
        },
      )
  }
}

function acrossOf(order: number, nplate: number | undefined): number {
  const most = HPX_PLANE_FACES * 2 ** order
  const fitting = HPX_PLANE_FACES * 2 ** Math.max(0, order - Math.log2(PLATE_PIXELS / TILE_SIDE))
  const across = nplate ?? fitting
  if (plateOrder(across) !== undefined && across <= most) return across
  throw new MontageError('MONTAGE_BAD_ARGUMENT', `The plane cannot be divided into ${across} plates a side`, {
    found: String(across),
    allowed: `${HPX_PLANE_FACES} times a power of 2, up to ${most}, where plates are single tiles`,
  })
}

async function writeRun(run: PlateRun, images: string): Promise<void> {
  const there: Place = { cwd: run.folder }
  if (await pathExists(there, PLATE_LIST))
    throw new MontageError('MONTAGE_CANNOT_WRITE', `The folder ${run.folder} holds a run already`, {
      where: [run.folder],
      remedy: 'choose another folder, or remove this one',
    })
  const write = async (path: string, text: string): Promise<void> => {
    const target = join(run.folder, path)
    await mkdir(dirname(target), { recursive: true }).catch((cause: unknown) => {
      throw cannotWrite(target, cause)
    })
    await writeText(there, path, text, `Cannot write ${target}`)
  }
  await write(INPUT_IMAGES, images)
  for (let order = run.order; order >= 0; order--) {
    for (const plate of platesAt(run, order)) {
      const template = plateTemplate(acrossAt(run, order), order, padAt(run, order), plate)
      await write(headerOf(run, order, plate), hpxTemplateText(template, order))
    }
  }
  const side = hpxPlaneSide(run.order)
  const whole = { col: 0, row: 0, width: side, height: side }
  for (const reference of [0, 180] as const) {
    const sky = hpxTemplate(run.order, whole, reference)
    await write(`headers/sky${reference}.hdr`, hpxTemplateText(sky, run.order))
  }
  await write(PLATE_IMAGES, plateImageTable(run))
  await write(STATUS_FILES, statusFileTable(run))
  // Last: the other modules know the folder by this table.
  const keywords = [
    ['order', run.order],
    ['nplate', run.across],
    ['naxis', side / run.across],
    ['pad', run.pad],
    ['imgdir', run.imageFolder],
    ['total', run.plates.length],
  ] as const
  await write(PLATE_LIST, plateTable(run.plates, run.across, keywords))
}

/** The images of the plates as mImgtbl would list them if all were there. */
function plateImageTable(run: PlateRun): string {
  const rows = run.plates.map((plate) => {
    const template = plateTemplate(run.across, run.order, run.pad, plate)
    const header = parseHeaderTemplate(hpxTemplateText(template, run.order), plate.name)
    const sizeBytes = 2880 + 8 * template.width * template.height
    return imageRow(header, { name: `${plate.name}.fits`, hdu: 0, sizeBytes }, [])
  })
  return formatImageRows(rows, { format: montageImageTableFormat({ hasCube: false }) })
}

/** The list of the fits of mHPXDiffScripts, for mConcatFit. */
function statusFileTable(run: PlateRun): string {
  const pairs = platePairs(run).filter(({ isAcrossGap }) => !isAcrossGap)
  const width = Math.max(4, ...pairs.map((pair) => fitFile(pair).length))
  const lines = [
    `|  cntr1 |  cntr2 | ${'stat'.padStart(width)} |`,
    `|  int   |  int   | ${'char'.padStart(width)} |`,
    ...pairs.map((pair) => {
      const [plus, minus] = [pair.plusId, pair.minusId].map((id) => String(id).padStart(8))
      return ` ${plus} ${minus}  ${fitFile(pair).padStart(width)} `
    }),
  ]
  return `${lines.join('\n')}\n`
}

/** Reads the arguments of mHiPSSetup. */
export function readSetup(call: ModuleCall): HipsSetupInput {
  const [order, nplate, pad, imageFolder] = ['o', 'n', 'P', 'p'].map((name) => optionValue(call, name))
  return {
    images: operand(call, 0),
    folder: operand(call, 1),
    ...(order === undefined ? {} : { order: orderArgument(order) }),
    ...(nplate === undefined
      ? {}
      : { nplate: integerArgument(nplate, `Plates (${nplate}) must be a whole number`) }),
    ...(pad === undefined ? {} : { pad: integerArgument(pad, `Pad (${pad}) must be a whole number`) }),
    ...(imageFolder === undefined ? {} : { imageFolder }),
  }
}

/** Options of the modules that begin a run. */
export const SETUP_OPTIONS: readonly ManualRow[] = [
  ['-o order', 'Deepest order of the tiles; default as mHPXOrder finds it.'],
  [
    '-n nplate',
    'Plates along a side of the plane: 5 times a power of 2. Default: plates of at most 2048 pixels.',
  ],
  [
    '-P pad',
    `Pixels by which plates reach over their sides, so that neighbours can be compared; even, at most ${MAX_PAD}; default ${DEFAULT_PAD}.`,
  ],
  ['-p imgdir', 'Folder that names of the table start from; default that of the table.'],
]
/** Their operands. */
export const SETUP_OPERANDS: readonly ManualRow[] = [
  ['images.tbl', 'Image table as mImgtbl writes it.'],
  ['hipsdir', 'Folder of the run.'],
]

/** The module mHiPSSetup. */
export const hipsSetupModule: MontageModule = defineModule<HipsSetupInput, HipsSetupResult>({
  name: 'mHiPSSetup',
  summary: 'Begins the folder of a HiPS that is made plate by plate.',
  usage: '%s [-d][-o order][-n nplate][-P pad][-p imgdir] images.tbl hipsdir',
  style: 'getopt',
  options: 'do:n:P:p:',
  operands: [2, 2],
  isNamed: true,
  fields: [
    ['order', 'd'],
    ['nplate', 'd'],
    ['naxis', 'd'],
    ['count', 'd'],
  ],
  manual: {
    description:
      'Divides the HPX plane into plates, finds those that the images touch, and writes what the scripts of mHPXMosaicScripts and its fellows need into a new folder. Work that is done plate by plate needs the memory of one plate and runs on as many machines as there are plates. A HiPS of a few images is made at once by mHiPSExec, or by `skyloom mosaic hips`.\n\nThe stages in order: mHPXMosaicScripts (or mHPXProjectScripts, mHPXCoaddScripts); to match backgrounds mHPXDiffScripts, mHPXGapScripts, mHPXBgScripts, mHPXBgCorrectScripts, mHPXBlendScripts; mHPXShrinkScripts, mHiPSTileScripts; mHPXHistogramScripts, mHPXCombineHistScripts, mHiPSPNGScripts. Each module writes scripts and a driver, which is run before the next one is called for.\n\nThe arguments of this module in Montage are not on record; these are our own.',
    options: [DEBUG_OPTION, ...SETUP_OPTIONS],
    operands: SETUP_OPERANDS,
    writes: [
      [
        'platelist.tbl',
        'The plates that images touch, with the keywords of mHPXPlateList and `pad`, `imgdir`.',
      ],
      ['headers/*.hdr', 'Header templates of the plates of all orders, and of the plane.'],
      ['plates.tbl, statfiles.tbl', 'Tables of the images of the plates and of the fits of neighbours.'],
    ],
    returns: {
      order: 'Deepest order of the tiles.',
      nplate: 'Plates along a side of the plane.',
      naxis: 'Pixels along a side of a plate.',
      count: 'Plates that images touch.',
    },
    example: [
      'mImgtbl raw raw.tbl',
      'mHiPSSetup -p raw raw.tbl m42',
      'mHPXMosaicScripts -s m42',
      'm42/scripts/mosaic.sh',
    ],
  },
  read: readSetup,
  run: mHiPSSetup,
})
