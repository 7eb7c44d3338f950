import { HPX_PLANE_FACES } from '@skyloom/mosaic'
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
import { plateTable, skyPlates } from './plate.ts'

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
  const plates = skyPlates(nplate)
  const text = plateTable(plates, nplate, [
    ['order', order],
    ['nplate', nplate],
    ['naxis', side / nplate],
    ['total', plates.length],
  ])
  await writeText(place, input.output, text, `Cannot open output table file ${input.output}`)
  return { nplates: plates.length }
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
