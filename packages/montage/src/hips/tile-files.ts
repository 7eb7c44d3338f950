import { join } from 'node:path'
import { folderEntries } from '@skyloom/base/node'
import type { HipsTile } from '@skyloom/mosaic'
import { pathOf } from '../command/files.ts'
import type { Place } from '../command/module.ts'
import { MontageError } from '../errors.ts'

/**
 * The FITS tiles of a HiPS, by order and number.
 *
 * @throws MontageError `MONTAGE_NO_FILE` when the folder cannot be read
 */
export async function fitsTilesOf(place: Place, hipsFolder: string): Promise<readonly HipsTile[]> {
  const tiles: HipsTile[] = []
  for (const orderName of await namesIn(place, hipsFolder, hipsFolder)) {
    const order = /^Norder(\d+)$/.exec(orderName)?.[1]
    if (order === undefined) continue
    const orderFolder = join(hipsFolder, orderName)
    for (const folder of await namesIn(place, orderFolder, hipsFolder)) {
      if (!/^Dir\d+$/.test(folder)) continue
      for (const name of await namesIn(place, join(orderFolder, folder), hipsFolder)) {
        const npix = /^Npix(\d+)\.fits$/.exec(name)?.[1]
        if (npix !== undefined) tiles.push({ order: Number(order), npix: Number(npix) })
      }
    }
  }
  return tiles.sort((a, b) => a.order - b.order || a.npix - b.npix)
}

async function namesIn(place: Place, folder: string, hipsFolder: string): Promise<readonly string[]> {
  const entries = await folderEntries(pathOf(place, folder)).catch((cause: unknown) => {
    throw new MontageError('MONTAGE_NO_FILE', `Cannot read HiPS directory [${hipsFolder}].`, {
      where: [folder],
      cause,
    })
  })
  return entries.map(({ name }) => name)
}
