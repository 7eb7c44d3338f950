import { type CodecKernels, plainCodecKernels, simdSupported, wasmCodecKernels } from '@skyloom/kernels'

/** Idle kernels. Their memory never shrinks, so few are kept, and none that was asked for large work. */
const idle: CodecKernels[] = []
const MAX_IDLE = 4

/**
 * Runs `work` with kernels of its own, so that it may wait for bytes to arrive in their memory.
 * Reads that run at the same time get different kernels.
 *
 * @param isLarge the work takes so much memory that it shall not be kept
 */
export async function withKernels<T>(
  work: (kernels: CodecKernels) => Promise<T>,
  isLarge: boolean = false,
): Promise<T> {
  const kernels =
    (isLarge ? undefined : idle.pop()) ?? (simdSupported() ? wasmCodecKernels() : plainCodecKernels())
  const result = await work(kernels)
  // After a failure a late read may still write into the memory: such kernels are not used again.
  if (!isLarge && idle.length < MAX_IDLE) idle.push(kernels)
  return result
}
