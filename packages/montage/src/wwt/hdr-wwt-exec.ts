import { join } from 'node:path'
import { writeText } from '../command/files.ts'
import { DEBUG_LEVEL_OPTION } from '../command/manual.ts'
import { defineModule, integerArgument, type MontageModule, operand, type Place } from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { toastTile, toastTileHeader, toastTileIds } from './toast-tile.ts'

/** Input of {@link mHdrWWTExec}. */
export interface HdrWwtExecInput {
  /** Deepest level, 0 to 12. */
  readonly level: number
  /** Folder for the headers; it must exist. */
  readonly folder: string
}

/** Result of {@link mHdrWWTExec}. */
export interface HdrWwtExecResult {
  readonly level: number
  /** Header files that were written. */
  readonly nheader: number
}

/** Deeper pyramids have more than a hundred million tiles. */
const MAX_LEVEL = 12

/**
 * Writes the header templates of all tiles of the WorldWide Telescope down to a level: `tile.hdr`, `tile0.hdr`, ... `tile33.hdr`.
 *
 * @throws MontageError `MONTAGE_BAD_ARGUMENT`, `MONTAGE_CANNOT_WRITE`
 */
export async function mHdrWWTExec(input: HdrWwtExecInput, place: Place = {}): Promise<HdrWwtExecResult> {
  const level = checkedToastLevel(input.level)
  let nheader = 0
  for (let at = 0; at <= level; at++) {
    for (const id of toastTileIds(at)) {
      const path = join(input.folder, `tile${id}.hdr`)
      await writeText(place, path, toastTileHeader(toastTile(id)), `Cannot open output header file ${path}`)
      nheader++
    }
  }
  return { level, nheader }
}

/** A level of tiles as the argument of a program. @throws MontageError `MONTAGE_BAD_ARGUMENT` */
export function toastLevelArgument(text: string): number {
  return checkedToastLevel(integerArgument(text, `Tile level (${text}) must be a whole number`))
}

function checkedToastLevel(level: number): number {
  if (Number.isInteger(level) && level >= 0 && level <= MAX_LEVEL) return level
  throw new MontageError('MONTAGE_BAD_ARGUMENT', `Tile level (${level}) must be from 0 to ${MAX_LEVEL}`, {
    found: String(level),
    allowed: `0 to ${MAX_LEVEL}`,
  })
}

/** The module mHdrWWTExec. */
export const hdrWwtExecModule: MontageModule = defineModule<HdrWwtExecInput, HdrWwtExecResult>({
  name: 'mHdrWWTExec',
  summary: 'Writes the headers of all tiles of the WorldWide Telescope down to a level.',
  usage: 'mHdrWWTExec [-d lev] tileLevel hdrDir',
  style: 'leading',
  options: ['d:'],
  operands: [2, 2],
  isNamed: true,
  usageExitCode: 0,
  errorExitCode: 0,
  fields: [
    ['level', 'd'],
    ['nheader', 'd'],
  ],
  manual: {
    description:
      'Writes the header templates of all tiles of the WorldWide Telescope down to a level: `tile.hdr`, `tile0.hdr` to `tile3.hdr`, `tile00.hdr` and so on, (4^(level + 1) - 1) / 3 in all.',
    options: [DEBUG_LEVEL_OPTION],
    operands: [
      ['tileLevel', 'Deepest level, 0 to 12.'],
      ['hdrDir', 'Folder for the headers; it must exist.'],
    ],
    returns: { level: 'The deepest level.', nheader: 'Headers that were written.' },
    example: ['mHdrWWTExec 2 hdr'],
  },
  read: (call) => ({ level: toastLevelArgument(operand(call, 0)), folder: operand(call, 1) }),
  run: mHdrWWTExec,
})
