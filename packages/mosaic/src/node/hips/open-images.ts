import type { FitsFile, Hdu } from '@skyloom/fits'
import { openFitsFile } from '@skyloom/fits/node'

/** Files that are open at the same time. */
const MAX_OPEN = 64

/** Images that stay open while tiles beside each other are made of them. */
export interface OpenImages {
  hdu(image: { readonly path: string; readonly hdu: number }): Promise<Hdu>
  close(): Promise<void>
}

/** No image is open yet. */
export function openImages(): OpenImages {
  const files = new Map<string, FitsFile>()
  return {
    async hdu({ path, hdu }) {
      let file = files.get(path)
      if (file === undefined) {
        for (const [oldest, open] of files) {
          if (files.size < MAX_OPEN) break
          files.delete(oldest)
          await open.close()
        }
        file = await openFitsFile(path, { blocking: true })
        files.set(path, file)
      }
      return await file.hdu(hdu)
    },
    async close() {
      for (const file of files.values()) await file.close()
      files.clear()
    },
  }
}
