import { hpxPlaneSide } from '../healpix/hpx-template.ts'
import { grouped } from './grouped.ts'
import {
  acrossAt,
  HIPS,
  headerOf,
  MOSAICS,
  type PlateRun,
  padAt,
  parentPlate,
  platesAt,
  type RunPlate,
} from './plate-run.ts'
import type { PlateScript, ScriptCall, ScriptGroup } from './script.ts'
import type { Stage } from './stage.ts'

/** Image of a plate. */
function imageOf(run: PlateRun, order: number, input: string, { name }: RunPlate): string {
  return order === run.order ? `${input}/${name}.fits` : `order${order}/${name}.fits`
}

/**
 * Half a plate, its own pixels only: at the edge of a projection pixels are covered in part, and with the pads neighbours would bring
 * such pixels in.
 */
function shrinkCalls(run: PlateRun, order: number, from: string, to: string): readonly ScriptCall[] {
  const pad = padAt(run, order)
  const half = (image: string, need: string): ScriptCall => ({
    module: 'mShrink',
    args: [image, `${to}.fits`, '2'],
    needs: [need],
  })
  if (pad === 0) return [half(from, from)]
  const first = String(pad + 1)
  const last = String(pad + hpxPlaneSide(order) / acrossAt(run, order))
  // Not `.fits`: only halved images are added.
  const own = `${to}.own`
  return [
    { module: 'mSubimage', args: ['-P', from, own, first, first, last, last], needs: [from] },
    half(own, own),
  ]
}

function shrinkGroup(run: PlateRun, order: number, input: string): ScriptGroup {
  const finer = order + 1
  const children = grouped(platesAt(run, finer), (plate) => parentPlate(run, finer, plate).name)
  return platesAt(run, order).map((plate): PlateScript => {
    const small = `small/order${order}/${plate.name}`
    const product = `order${order}/${plate.name}.fits`
    const header = headerOf(run, order, plate)
    return {
      name: `order${order}_${plate.name}`,
      product,
      folders: [small, `order${order}`],
      calls: [
        ...(children.get(plate.name) ?? []).flatMap((child) =>
          shrinkCalls(run, finer, imageOf(run, finer, input, child), `${small}/${child.name}`),
        ),
        { module: 'mImgtbl', args: [small, `${small}.tbl`] },
        {
          module: 'mAdd',
          args: ['-e', '-n', '-p', small, `${small}.tbl`, header, product],
          needsFilesIn: small,
        },
      ],
    }
  })
}

/** The stages that make the coarser orders and the tiles. */
export const TILE_STAGES: readonly Stage[] = [
  {
    module: 'mHPXShrinkScripts',
    name: 'shrink',
    makes: 'the plates of the coarser orders',
    description:
      'The scripts make the plates of the next coarser order from those of an order, down to order 0, to `orderK/PLATE.fits`: mShrink by 2 of the plates that become one, mImgtbl, mAdd. Each order waits for the one before it.',
    flags: ['i'],
    groups: (run, { input = MOSAICS }) =>
      Array.from({ length: run.order }, (_, k) => shrinkGroup(run, run.order - 1 - k, input)),
  },
  {
    module: 'mHiPSTileScripts',
    name: 'tiles',
    makes: 'the tiles of each plate',
    description:
      'Each script cuts the tiles of a plate, of all orders that mHPXShrinkScripts made, to `hips`: mHiPSTiles.',
    flags: ['i'],
    groups: (run, { input = MOSAICS }) => [
      Array.from({ length: run.order + 1 }, (_, order) =>
        platesAt(run, order).map((plate): PlateScript => {
          const image = imageOf(run, order, input, plate)
          return {
            name: `order${order}_${plate.name}`,
            needs: [image],
            folders: [HIPS],
            calls: [{ module: 'mHiPSTiles', args: [image, HIPS] }],
          }
        }),
      ).flat(),
    ],
  },
]
