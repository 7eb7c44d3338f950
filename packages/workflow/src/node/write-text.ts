import { atomicFile } from '@skyloom/base/node'

/** Text that is gathered before it is written, characters. */
const BUFFER_CHARS = 1024 * 1024

/** Writes a text in pieces to a file that appears when it is complete. */
export async function writeTextAtomic(
  path: string,
  chunks: Iterable<string>,
  options: { readonly overwrite?: boolean | undefined } = {},
): Promise<void> {
  const sink = await atomicFile(path, { overwrite: options.overwrite === true })
  const encoder = new TextEncoder()
  try {
    let text = ''
    for (const chunk of chunks) {
      text += chunk
      if (text.length < BUFFER_CHARS) continue
      await sink.write(encoder.encode(text))
      text = ''
    }
    await sink.write(encoder.encode(text))
    await sink.commit()
  } catch (error) {
    await sink.discard()
    throw error
  }
}
