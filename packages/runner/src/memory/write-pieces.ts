import { open } from 'node:fs/promises'

/** Writes a file piece by piece. It is not synced: a crash may lose what it came from as well. */
export async function writePieces(pieces: Iterable<Uint8Array>, path: string): Promise<void> {
  const handle = await open(path, 'w')
  try {
    for (const piece of pieces) {
      for (let at = 0; at < piece.length; )
        at += (await handle.write(piece, at, piece.length - at)).bytesWritten
    }
  } finally {
    await handle.close()
  }
}
