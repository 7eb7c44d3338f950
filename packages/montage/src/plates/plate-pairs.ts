import { plateNeighbours, plateOrder } from '@skyloom/mosaic'
import type { PlateRun, RunPlate } from './plate-run.ts'

/** Two plates that touch along a side on the sky. */
export interface PlatePair {
  readonly plus: RunPlate
  readonly minus: RunPlate
  /** Numbers of the plates. */
  readonly plusId: number
  readonly minusId: number
  /** They lie apart in the plane, across a gap or the seam. */
  readonly isAcrossGap: boolean
}

/** All pairs of plates of a run that touch, each once. */
export function platePairs({ plates, across }: PlateRun): readonly PlatePair[] {
  const order = plateOrder(across)
  if (order === undefined) return []
  const idOf = new Map(plates.map(({ i, j }, id) => [`${i} ${j}`, id]))
  return plates.flatMap((plus, plusId) =>
    plateNeighbours(plus, order).flatMap(({ plate, isAcrossGap }): PlatePair[] => {
      const minusId = idOf.get(`${plate.i} ${plate.j}`)
      const minus = minusId === undefined ? undefined : plates[minusId]
      if (minusId === undefined || minus === undefined || minusId <= plusId) return []
      return [{ plus, minus, plusId, minusId, isAcrossGap }]
    }),
  )
}

/** Status file of the fit of a pair. */
export function fitFile({ plus, minus }: PlatePair): string {
  return `fit.${plus.name}.${minus.name}.txt`
}
