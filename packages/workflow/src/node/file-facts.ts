import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { pipeline } from 'node:stream/promises'
import { WorkflowError } from '../errors.ts'

/** Size and checksum of a file. */
export interface FileFacts {
  readonly sizeBytes: number
  /** Hexadecimal digits. */
  readonly sha256: string
}

/**
 * Size and checksum of a file of this machine.
 *
 * @throws {WorkflowError} `WORKFLOW_NOT_FOUND` when it cannot be read
 */
export async function fileFacts(path: string): Promise<FileFacts> {
  const hash = createHash('sha256')
  let sizeBytes = 0
  try {
    await pipeline(createReadStream(path), async (chunks: AsyncIterable<Uint8Array>) => {
      for await (const chunk of chunks) {
        hash.update(chunk)
        sizeBytes += chunk.length
      }
    })
  } catch (cause) {
    throw new WorkflowError('WORKFLOW_NOT_FOUND', 'the file whose checksum is wanted cannot be read', {
      where: [path],
      found: cause instanceof Error ? cause.message : String(cause),
      cause,
    })
  }
  return { sizeBytes, sha256: hash.digest('hex') }
}
