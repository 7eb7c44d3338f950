import { join } from 'node:path'
import { isSkyloomError } from '@skyloom/base'
import { pathExists } from '../command/files.ts'
import { DEBUG_LEVEL_OPTION } from '../command/manual.ts'
import { defineModule, type MontageModule, operand, type Place } from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { mProjectQL } from '../project/project-ql.ts'
import { toastLevelArgument } from './hdr-wwt-exec.ts'
import { MAX_TOAST_LEVEL } from './toast-tile.ts'

/** Input of {@link mProjWWTExec}. */
export interface ProjWwtExecInput {
  /** Deepest level of the tiles. */
  readonly level: number
  readonly image: string
  /** Tiles are named by this and their path: `base231.fits`. */
  readonly baseName: string
  /** Folder of the headers that mHdrWWTExec wrote. */
  readonly headerFolder: string
  /** Folder for the tiles; it must exist. */
  readonly tileFolder: string
}

/** Result of {@link mProjWWTExec}. */
export interface ProjWwtExecResult {
  readonly level: number
  /** Tiles that were written. */
  readonly nimage: number
}

/**
 * Reprojects an image by sampling into every tile of the WorldWide Telescope that it touches, from the whole sky down to a level. A tile that the
 * image does not touch has no descendant that it does.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_HEADER`, `MONTAGE_BAD_IMAGE`, `MONTAGE_CANNOT_WRITE`
 */
export async function mProjWWTExec(input: ProjWwtExecInput, place: Place = {}): Promise<ProjWwtExecResult> {
  const { level, image, baseName, headerFolder, tileFolder } = input
  if (!(Number.isInteger(level) && level >= 0 && level <= MAX_TOAST_LEVEL))
    throw new MontageError(
      'MONTAGE_BAD_ARGUMENT',
      `Tile level (${level}) must be from 0 to ${MAX_TOAST_LEVEL}`,
    )
  if (!(await pathExists(place, image)))
    throw new MontageError('MONTAGE_NO_FILE', `File ${image} not found.`, { where: [image] })
  let nimage = 0
  const visit = async (id: string): Promise<void> => {
    const template = join(headerFolder, `tile${id}.hdr`)
    const output = join(tileFolder, `${baseName}${id}.fits`)
    const isTouched = await mProjectQL({ image, output, template, isFullRegion: true }, place).then(
      () => true,
      (error: unknown) => {
        if (isSkyloomError(error, 'MONTAGE_NO_RESULT')) return false
        throw error
      },
    )
    if (!isTouched) return
    nimage++
    if (id.length < level) for (const digit of '0123') await visit(id + digit)
  }
  await visit('')
  return { level, nimage }
}

/** The module mProjWWTExec. */
export const projWwtExecModule: MontageModule = defineModule<ProjWwtExecInput, ProjWwtExecResult>({
  name: 'mProjWWTExec',
  summary: 'Reprojects an image into the tiles of the WorldWide Telescope.',
  usage: 'mProjWWTExec [-d lev] tileLevel input.fits baseName hdrDir tileDir',
  style: 'leading',
  options: ['d:'],
  operands: [5, 5],
  isNamed: true,
  usageExitCode: 0,
  errorExitCode: 0,
  fields: [
    ['level', 'd'],
    ['nimage', 'd'],
  ],
  manual: {
    description:
      'Reprojects an image, by sampling as mProjectQL does, into every tile of the WorldWide Telescope that it touches, from the whole sky down to a level.',
    options: [DEBUG_LEVEL_OPTION],
    operands: [
      ['tileLevel', 'Deepest level.'],
      ['input.fits', 'FITS image.'],
      ['baseName', 'Tiles are named by this and their path: `base231.fits`.'],
      ['hdrDir', 'Folder of the headers that mHdrWWTExec wrote.'],
      ['tileDir', 'Folder for the tiles; it must exist.'],
    ],
    returns: { level: 'The deepest level.', nimage: 'Tiles that were written.' },
    example: ['mHdrWWTExec 4 hdr', 'mProjWWTExec 4 m42.fits m42_ hdr tiles'],
  },
  read: (call) => ({
    level: toastLevelArgument(operand(call, 0)),
    image: operand(call, 1),
    baseName: operand(call, 2),
    headerFolder: operand(call, 3),
    tileFolder: operand(call, 4),
  }),
  run: mProjWWTExec,
})
