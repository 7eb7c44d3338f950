// Constants as vectors in memory. The compiler of the host makes a constant anew, by three or four instructions, wherever it is used behind a
// branch, in every round of a loop; what a function loads before its loop stays in a register.
//
// All threads share the memory, and the module of each writes the same constants, so that nothing else may be kept this way.
import { MIN_FOLD, MIN_SHAPE } from './area-limits'

const table = memory.data<f64>([1, 1, 0.5, 0.5, MIN_SHAPE, MIN_SHAPE, MIN_FOLD, MIN_FOLD, NaN, NaN], 16)
const masks = memory.data<u64>([0x7fff_ffff_ffff_ffff, 0x7fff_ffff_ffff_ffff], 16)

@inline
export function ones(): v128 {
  return v128.load(table)
}

@inline
export function halves(): v128 {
  return v128.load(table, 16)
}

@inline
export function minShapes(): v128 {
  return v128.load(table, 32)
}

@inline
export function minFolds(): v128 {
  return v128.load(table, 48)
}

@inline
export function nans(): v128 {
  return v128.load(table, 64)
}

/** All bits of a float64 but that of the sign. */
@inline
export function magnitudes(): v128 {
  return v128.load(masks)
}
