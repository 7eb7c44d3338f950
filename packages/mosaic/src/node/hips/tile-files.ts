import { closeSync, mkdirSync, openSync, writeFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import type { ByteSink } from '@skyloom/base'
import { type Header, readImage, writeImage } from '@skyloom/fits'
import { openFitsFile } from '@skyloom/fits/node'
import type { HpxFrame } from '../../healpix/hpx-header.ts'
import { hipsTileTemplate } from '../../hips/branch.ts'
import { HIPS_TILE_SIDE, type HipsFormat, type HipsTile, tileFolder, tilePath } from '../../hips/tile.ts'
import { type HipsCut, tileLevels } from '../../hips/tile-levels.ts'
import { encodeTilePng } from './tile-png.ts'

/** How the tiles of one HiPS are written. Plain data. */
export interface TileStyle {
  /** Folder of the HiPS. */
  readonly folder: string
  readonly frame: HpxFrame
  readonly formats: readonly HipsFormat[]
  readonly cut: HipsCut
  /** BUNIT of the tiles. */
  readonly unit: string | undefined
}

/** Writes tiles of one HiPS and counts their bytes. */
export interface TileWriter {
  /** @param data pixels of the tile, row-major */
  write(tile: HipsTile, data: Float32Array): Promise<void>
  readonly bytesWritten: number
}

/** A writer of tiles. Files are written plainly: the whole HiPS gets its name only when it is complete. */
export function tileWriter(style: TileStyle): TileWriter {
  const { folder, formats, cut } = style
  const levels = tileLevels(cut)
  const made = new Set<string>()
  let bytesWritten = 0
  const put = (path: string, bytes: Uint8Array): void => {
    writeFileSync(join(folder, path), bytes)
    bytesWritten += bytes.length
  }
  return {
    async write(tile, data) {
      const parent = tileFolder(tile)
      if (!made.has(parent)) mkdirSync(join(folder, parent), { recursive: true })
      made.add(parent)
      if (formats.includes('fits')) {
        const sink = plainFile(join(folder, tilePath(tile, 'fits')))
        await writeImage(
          sink,
          tileHeader(style, tile),
          { ...TILE_SIZE, data },
          { bitpix: -32, checksum: false },
        )
        bytesWritten += sink.length
      }
      if (formats.includes('png'))
        put(tilePath(tile, 'png'), encodeTilePng(levels(data), HIPS_TILE_SIDE, HIPS_TILE_SIDE))
    },
    get bytesWritten() {
      return bytesWritten
    },
  }
}

function tileHeader({ frame, unit }: TileStyle, tile: HipsTile): Header {
  const { header } = hipsTileTemplate(tile, frame)
  header.set('ORDER', tile.order, 'order of the tile')
  header.set('NPIX', tile.npix, 'nested HEALPix index of the tile')
  if (unit !== undefined) header.set('BUNIT', unit)
  return header
}

const TILE_SIZE = { width: HIPS_TILE_SIDE, height: HIPS_TILE_SIDE } as const

/** A file that is written at once; half of it may be left when that fails. Nothing is gathered in memory. */
function plainFile(path: string): ByteSink & { readonly length: number } {
  const fd = openSync(path, 'w')
  let length = 0
  let isOpen = true
  const close = (): Promise<void> => {
    if (isOpen) closeSync(fd)
    isOpen = false
    return Promise.resolve()
  }
  const writeAll = (bytes: Uint8Array, position: number): void => {
    for (let done = 0; done < bytes.length; )
      done += writeSync(fd, bytes, done, bytes.length - done, position + done)
  }
  return {
    name: path,
    get length() {
      return length
    },
    write(bytes) {
      writeAll(bytes, length)
      length += bytes.length
      return Promise.resolve()
    },
    writeAt(bytes, offset) {
      writeAll(bytes, offset)
      return Promise.resolve()
    },
    commit: close,
    discard: close,
  }
}

/** Pixels of a tile of a HiPS that has FITS tiles. */
export async function readTile(folder: string, tile: HipsTile): Promise<Float32Array> {
  const file = await openFitsFile(join(folder, tilePath(tile, 'fits')), { blocking: true })
  try {
    const { data } = await readImage(await file.hdu(0), { as: 'float32' })
    return data
  } finally {
    await file.close()
  }
}
