import { constants } from 'node:fs'
import { copyFile, mkdir } from 'node:fs/promises'
import { dirname } from 'node:path'
import { needFilePath } from '../files/file-url.ts'
import { partialName, publishFile } from '../files/publish-file.ts'
import type { Transfer } from './transfer.ts'

/** Copies files on this machine; on file systems that can, the copy shares its blocks with the original. */
export const fileTransfer: Transfer = {
  schemes: ['file'],
  async get(url, path) {
    await copyFile(needFilePath(url, 'a source'), path, constants.COPYFILE_FICLONE)
  },
  async put(path, url) {
    const target = needFilePath(url, 'a target')
    await mkdir(dirname(target), { recursive: true })
    const partial = partialName(target)
    await copyFile(path, partial, constants.COPYFILE_FICLONE)
    await publishFile(partial, target)
  },
}
