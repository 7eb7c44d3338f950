import { cellOfPlane, HPX_PLANE_FACES } from '@skyloom/mosaic'
import { writeText } from '../command/files.ts'
import { DEBUG_OPTION } from '../command/manual.ts'
import {
  defineModule,
  integerArgument,
  type MontageModule,
  operand,
  optionValue,
  type Place,
} from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { hpxPlaneSide } from './hpx-template.ts'
import { checkedTileOrder, orderArgument } from './order-argument.ts'

/** Input of {@link mHPXPlateList}. */
export interface PlateListInput {
  readonly order: number
  /** Table that is written. */
  readonly output: string
  /** Plates along a side of the plane; default 5, one a face. */
  readonly nplate?: number
}

/** Result of {@link mHPXPlateList}. */
export interface PlateListResult {
  /** Plates that hold sky. */
  readonly nplates: number
}

/** Finer plates than these are tiles. */
const MAX_PLATES = 1000

/**
 * Divides the HPX plane of an order into square plates and lists those that hold sky.
 *
 * @throws MontageError `MONTAGE_BAD_ARGUMENT`, `MONTAGE_CANNOT_WRITE`
 */
export async function mHPXPlateList(input: PlateListInput, place: Place = {}): Promise<PlateListResult> {
  const order = checkedTileOrder(input.order)
  const nplate = input.nplate ?? HPX_PLANE_FACES
  const side = hpxPlaneSide(order)
  if (!(Number.isInteger(nplate) && nplate >= 1 && nplate <= MAX_PLATES) || side % nplate !== 0)
    throw new MontageError(
      'MONTAGE_BAD_ARGUMENT',
      `The plane cannot be divided into ${nplate} plates a side`,
      {
        found: String(nplate),
        allowed: `a divisor of ${side} up to ${MAX_PLATES}`,
      },
    )
  const plates: { readonly i: number; readonly j: number }[] = []
  for (let j = 0; j < nplate; j++) {
    for (let i = 0; i < nplate; i++) if (holdsSky(i, j, nplate)) plates.push({ i, j })
  }
  const digits = String(nplate - 1).padStart(2, '0').length
  const name = ({ i, j }: { readonly i: number; readonly j: number }): string =>
    `plate${String(i).padStart(digits, '0')}_${String(j).padStart(digits, '0')}`
  const width = 'plateNN_MM'.length + 2 * (digits - 2)
  const lines = [
    `\\order = ${order}`,
    `\\nplate = ${nplate}`,
    `\\naxis = ${side / nplate}`,
    `\\total = ${plates.length}`,
    `|  id  |${'plate'.padStart(width + 1)} |   i  |   j  |`,
    `| int  |${'char'.padStart(width + 1)} |  int |  int |`,
    ...plates.map(
      (plate, id) =>
        ` ${String(id).padStart(6)} ${name(plate).padStart(width + 2)} ${String(plate.i).padStart(6)} ${String(plate.j).padStart(6)} `,
    ),
  ]
  await writeText(
    place,
    input.output,
    `${lines.join('\n')}\n`,
    `Cannot open output table file ${input.output}`,
  )
  return { nplates: plates.length }
}

/** True when a plate shares pixels with one of the thirteen squares that hold sky; the face on the seam counts twice. */
function holdsSky(i: number, j: number, nplate: number): boolean {
  const first = (index: number): number => Math.floor((index * HPX_PLANE_FACES) / nplate)
  const last = (index: number): number => Math.ceil(((index + 1) * HPX_PLANE_FACES) / nplate) - 1
  const end = HPX_PLANE_FACES - 1
  for (let row = first(j); row <= last(j); row++) {
    for (let col = first(i); col <= last(i); col++) {
      if (cellOfPlane({ order: 0, col, row }) !== undefined || (col === end && row === end)) return true
    }
  }
  return false
}

/** The module mHPXPlateList. */
export const plateListModule: MontageModule = defineModule<PlateListInput, PlateListResult>({
  name: 'mHPXPlateList',
  summary: 'Lists the plates of a HEALPix map that hold sky.',
  usage: '%s [-d][-n nplate] order platelist.tbl',
  style: 'getopt',
  options: 'dn:',
  operands: [2, 2],
  isNamed: true,
  fields: [['nplates', 'd']],
  manual: {
    description:
      'Divides the HPX plane of 5 x 5 faces into square plates and lists those that hold sky: work that is done plate by plate needs the memory of one plate.',
    options: [DEBUG_OPTION, ['-n nplate', 'Plates along a side of the plane; default 5, one a face.']],
    operands: [
      ['order', 'Order of HiPS tiles.'],
      ['platelist.tbl', 'Table that is written.'],
    ],
    writes: [
      [
        'platelist.tbl',
        'Keywords `order`, `nplate`, `naxis` (pixels along a side of a plate), `total`; columns `id`, `plate`, `i`, `j`.',
      ],
    ],
    returns: { nplates: 'Plates in the list.' },
    example: ['mHPXPlateList -n 10 3 platelist.tbl'],
  },
  read: (call) => {
    const plates = optionValue(call, 'n')
    const files = { order: orderArgument(operand(call, 0)), output: operand(call, 1) }
    if (plates === undefined) return files
    return { ...files, nplate: integerArgument(plates, `Plates (${plates}) must be a whole number`) }
  },
  run: mHPXPlateList,
})
