import type { ExtraPlane } from '../add/combine.ts'

/** Name of the file of a plane beside the mosaic. */
export function extraName(plane: ExtraPlane): string {
  return `mosaic_${plane}.fits`
}
