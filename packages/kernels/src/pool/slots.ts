import { BaseError } from '@skyloom/base'
import type { PixelMemory, PixelViews } from '../memory/pixel-memory.ts'
import type { PixelKernels } from '../pixels/pixel-kernels.ts'
import type { TaskContext } from './task.ts'

/** Scratch of a slot when the pool's options do not say. */
export const DEFAULT_SCRATCH_BYTES: number = 4 * 1024 * 1024

/** The abort flag (one 32-bit integer) stands before the scratch, in its own cache line. */
const CONTROL_BYTES = 64

/** Blocks of pixel memory of the slots of a pool, made at first use. */
export interface Slots {
  /** Byte offset of the slot's block. */
  blockOf(slot: number): number
  setAborted(slot: number, isAborted: boolean): void
  free(): void
}

/** Slots over the memory of the pool's owner. */
export function createSlots(memory: PixelMemory, scratchBytes: number): Slots {
  const blocks = new Map<number, number>()
  const blockOf = (slot: number): number => {
    const known = blocks.get(slot)
    if (known !== undefined) return known
    const block = memory.alloc(CONTROL_BYTES + scratchBytes)
    blocks.set(slot, block)
    return block
  }
  return {
    blockOf,
    setAborted: (slot, isAborted) => {
      Atomics.store(memory.i32(blockOf(slot), 1), 0, isAborted ? 1 : 0)
    },
    free() {
      for (const block of blocks.values()) memory.free(block)
      blocks.clear()
    },
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
