import { constants, gunzipSync } from 'node:zlib'
import { type ByteSource, readExactly } from '@skyloom/base'
import { badGzip } from '../gzip/inflate.ts'

/** Packed bytes that are unpacked at first; as many again with every further step. */
const FIRST_PACKED_BYTES = 16 * 1024
/** Deflate packs at most 1032 to 1 (RFC 1951: 258 bytes in two bits). */
const MAX_RATIO = 1032

/**
 * The beginning of a gzip stream, unpacked as far as it is read. Its size is what the stream says at its end, which is wrong for
 * several members and beyond 4 GiB: who uses it must check that the size fits what is found.
 *
 * @returns undefined when the size that the stream claims is impossible
 */
export async function gzipPrefixSource(packed: ByteSource): Promise<ByteSource | undefined> {
  if (packed.sizeBytes < 18) return undefined
  const trailer = await readExactly(packed, packed.sizeBytes - 4, 4)
  const sizeBytes = new DataView(trailer.buffer).getUint32(0, true)
  if (sizeBytes > packed.sizeBytes * MAX_RATIO) return undefined
  let bytes = new Uint8Array(0)
  let packedBytes = 0
  const unpackMore = async (): Promise<boolean> => {
    if (packedBytes === packed.sizeBytes) return false
    packedBytes = Math.min(packed.sizeBytes, Math.max(FIRST_PACKED_BYTES, packedBytes * 2))
    const part = await readExactly(packed, 0, packedBytes)
    try {
      bytes = new Uint8Array(gunzipSync(part, { finishFlush: constants.Z_SYNC_FLUSH }))
    } catch (cause) {
      throw badGzip({ file: packed.name }, cause)
    }
    return true
  }
  return {
    name: packed.name,
    sizeBytes,
    async readInto(target, offset) {
      while (bytes.length < Math.min(offset + target.length, sizeBytes) && (await unpackMore()));
      const part = bytes.subarray(offset, offset + target.length)
      target.set(part)
      return part.length
    },
    close: () => packed.close(),
  }
}
