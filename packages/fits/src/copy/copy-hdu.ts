import { throwIfAborted } from '@skyloom/base'
import type { FitsWriter } from '../hdu/fits-writer.ts'
import type { Hdu } from '../hdu/hdu.ts'
import { checkDataInFile } from './data-in-file.ts'

/** Bytes that are copied at once. */
const PIECE_BYTES = 4 * 1024 * 1024

/**
 * Copies an HDU as it stands, header cards and data bytes, into a file that is being written. A primary HDU that does not come first
 * in the new file, or an extension that does, changes its first cards accordingly only through `header`.
 *
 * @param header the cards to write instead of the HDU's own
 * @throws FitsError `FITS_TRUNCATED` when the file is shorter than the header says
 */
export async function copyHdu(
  writer: FitsWriter,
  hdu: Hdu,
  header: Hdu['header'] = hdu.header,
  signal?: AbortSignal,
): Promise<void> {
  checkDataInFile(hdu)
  const target = await writer.beginHdu(header, { fillByte: hdu.type === 'table' ? 32 : 0 })
  const buffer = new Uint8Array(Math.min(PIECE_BYTES, Math.max(1, hdu.dataBytes)))
  for (let done = 0; done < hdu.dataBytes; ) {
    throwIfAborted(signal)
    const piece = buffer.subarray(0, Math.min(buffer.length, hdu.dataBytes - done))
    const count = await hdu.source.readInto(piece, hdu.dataOffset + done, signal)
    await target.write(piece.subarray(0, count))
    done += count
  }
  await target.end()
}
