import { TableError } from './errors.ts'

/** Memory that reading one input may take; asked before each allocation. */
export interface MemoryBudget {
  /** @throws TableError `TABLE_TOO_LARGE` */
  take(bytes: number): void
}

/** Free for any input, so that small tables with generous shapes read. */
const FREE_BYTES = 32 * 2 ** 20
/** For each character or byte of the input: `1 ` as float64 needs 4, doubled while a buffer grows. */
const BYTES_PER_CHAR = 16

/**
 * A budget in proportion to the size of the input, so that no small file can ask for large memory.
 *
 * @param inputSize characters or bytes
 */
export function memoryBudget(inputSize: number, source: string | undefined): MemoryBudget {
  const allowedBytes = FREE_BYTES + BYTES_PER_CHAR * inputSize
  let takenBytes = 0
  return {
    take(bytes) {
      takenBytes += bytes
      if (takenBytes <= allowedBytes) return
      throw new TableError(
        'TABLE_TOO_LARGE',
        { source },
        'the table asks for far more memory than its size explains',
        {
          found: `${takenBytes} bytes for ${inputSize} of input`,
          allowed: `${allowedBytes} bytes`,
        },
      )
    },
  }
}
