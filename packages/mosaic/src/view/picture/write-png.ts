import type { ByteSink } from '@skyloom/base'
import { beginPng } from '../png/png-writer.ts'
import type { PictureRows } from './picture.ts'

/** Writes a picture as PNG into a sink; the caller commits it. @param text text by keyword that goes into the file */
export async function writePng(
  picture: PictureRows,
  sink: ByteSink,
  text: ReadonlyMap<string, string> = new Map(),
): Promise<void> {
  const { width, height, channels } = picture
  const png = await beginPng(sink, { width, height, channels, text })
  for await (const strip of picture.strips()) await png.writeRows(strip)
  await png.end()
}
