import { readExactly } from '@skyloom/base'
import { fileSource } from '@skyloom/base/node'
import { WorkflowError } from '../errors.ts'

/** Largest text file that is read: texts of the engine cannot be longer. */
const MAX_BYTES = 512 * 1024 * 1024

/**
 * Text of a file in UTF-8; a byte order mark is dropped.
 *
 * @throws {BaseError} `BASE_READ_FAILED`
 * @throws {WorkflowError} `WORKFLOW_TOO_LARGE`, `WORKFLOW_INVALID` when it is not UTF-8
 */
export async function readTextFile(path: string): Promise<string> {
  const source = await fileSource(path, { blocking: true })
  try {
    if (source.sizeBytes >= MAX_BYTES) {
      throw new WorkflowError('WORKFLOW_TOO_LARGE', 'the file is too large', {
        where: [path],
        found: `${source.sizeBytes} bytes`,
        allowed: `less than ${MAX_BYTES} bytes`,
      })
    }
    const bytes = await readExactly(source, 0, source.sizeBytes)
    return decode(bytes, path)
  } finally {
    await source.close()
  }
}

function decode(bytes: Uint8Array, path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch (cause) {
    throw new WorkflowError('WORKFLOW_INVALID', 'the file is not text in UTF-8', {
      where: [path],
      remedy: 'convert it, for example with iconv -t UTF-8',
      cause,
    })
  }
}
