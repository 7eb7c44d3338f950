import { type ErrorDetail, SkyloomError } from '@skyloom/base'

/** Codes of errors of the package `kernels`. */
export type KernelsErrorCode =
  | 'KERNELS_OUT_OF_MEMORY'
  | 'KERNELS_BAD_BLOCK'
  | 'KERNELS_BAD_SIZE'
  | 'KERNELS_NO_SIMD'
  | 'KERNELS_NO_SHARED_MEMORY'
  | 'KERNELS_TASK_MODULE'
  | 'KERNELS_UNKNOWN_TASK'
  | 'KERNELS_POOL_CLOSED'
  | 'KERNELS_WORKER_LOST'

/** Errors of pixel memory, kernels and worker pools. */
export class KernelsError extends SkyloomError {
  override readonly name = 'KernelsError'
  declare readonly code: KernelsErrorCode

  constructor(code: KernelsErrorCode, problem: string, detail: ErrorDetail = {}) {
    super(code, problem, detail)
  }
}
