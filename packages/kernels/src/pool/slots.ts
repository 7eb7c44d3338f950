import { BaseError } from '@skyloom/base'
import type { PixelMemory, PixelViews } from '../memory/pixel-memory.ts'
import type { PixelKernels } from '../pixels/pixel-kernels.ts'
import type { TaskContext } from './task.ts'

/** Scratch of a slot when the pool's options do not say. */
export const DEFAULT_SCRATCH_BYTES: number = 4 * 1024 * 1024

/** The abort flag (one 32-bit integer) stands before the scratch, in its own cache line. */
const CONTROL_BYTES = 64

/**
 * Blocks of pixel memory of the slots of a pool. All are made at once, so that later users of the memory cannot take their
 * place.
 */
export interface Slots {
  /** Byte offset of the slot's block. */
  blockOf(slot: number): number
  setAborted(slot: number, isAborted: boolean): void
  free(): void
}

/**
 * `count` slots over the memory of the pool's owner.
 *
 * @throws {KernelsError} `KERNELS_OUT_OF_MEMORY` when they do not fit; nothing is taken then
 */
export function createSlots(memory: PixelMemory, count: number, scratchBytes: number): Slots {
  const blocks: number[] = []
  const free = (): void => {
    for (const block of blocks.splice(0)) memory.free(block)
  }
  try {
    while (blocks.length < count) blocks.push(memory.alloc(CONTROL_BYTES + scratchBytes))
  } catch (error) {
    free()
    throw error
  }
  const blockOf = (slot: number): number => {
    const block = blocks[slot]
    if (block === undefined) throw new RangeError(`the pool has no slot ${slot}`)
    return block
  }
  return {
    blockOf,
    setAborted: (slot, isAborted) => {
      Atomics.store(memory.i32(blockOf(slot), 1), 0, isAborted ? 1 : 0)
    },
    free,
  }
}

/** The context of a task that runs in the slot with this block. */
export function taskContext(
  memory: PixelViews,
  kernels: PixelKernels,
  block: number,
  scratchBytes: number,
): TaskContext {
  return {
    memory,
    kernels,
    scratch: { at: block + CONTROL_BYTES, sizeBytes: scratchBytes },
    throwIfAborted() {
      if (Atomics.load(memory.i32(block, 1), 0) !== 0) {
        throw new BaseError('BASE_ABORTED', 'stopped on request')
      }
    },
  }
}
