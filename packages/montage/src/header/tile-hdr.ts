import { parsePrintf, printfDigits } from '@skyloom/fits/tables'
import { writeText } from '../command/files.ts'
import { DEBUG_OPTION, STATUS_OPTION } from '../command/manual.ts'
import {
  defineModule,
  hasOption,
  type ModuleCall,
  type MontageModule,
  type Place,
} from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { readTemplateFile } from './read-template.ts'
import { parseTemplateLine } from './template-line.ts'

/** Input of {@link mTileHdr}. */
export interface TileHdrInput {
  readonly template: string
  /** Header file that is written. */
  readonly output: string
  /** Number of tiles along each axis. */
  readonly nx: number
  readonly ny: number
  /** Tile, from 0. */
  readonly ix: number
  readonly iy: number
  /** Pixels added on each side; default 0. */
  readonly xpad?: number
  readonly ypad?: number
  /**
   * Divide the sides rounding up, as Montage of 2026 and mTileImage do: the tiles cover the whole template, the last ones reach beyond it.
   * Default false.
   */
  readonly roundsUp?: boolean
}

/** Result of {@link mTileHdr}. */
export interface TileHdrResult {
  readonly naxis1: number
  readonly naxis2: number
  readonly crpix1: number
  readonly crpix2: number
}

/**
 * Writes the header of one tile of a template. Tiles are as large as whole pixels allow; what is left over at the far sides belongs to
 * no tile, unless `roundsUp` is given.
 *
 * @throws MontageError `MONTAGE_BAD_ARGUMENT`, `MONTAGE_NO_FILE`, `MONTAGE_BAD_HEADER`, `MONTAGE_CANNOT_WRITE`
 */
export async function mTileHdr(input: TileHdrInput, place: Place = {}): Promise<TileHdrResult> {
  const { nx, ny, ix, iy, xpad = 0, ypad = xpad } = input
  const isFine = nx > 0 && ny > 0 && ix >= 0 && iy >= 0 && ix < nx && iy < ny
  if (!isFine || ![nx, ny, ix, iy, xpad, ypad].every(Number.isSafeInteger)) throw badTile(input)
  const { lines, header, width, height } = await readTemplateFile(place, input.template)
  const round = input.roundsUp === true ? Math.ceil : Math.floor
  const tileWidth = round(width / nx)
  const tileHeight = round(height / ny)
  const result = {
    naxis1: tileWidth + 2 * xpad,
    naxis2: tileHeight + 2 * ypad,
    crpix1: header.number('CRPIX1') - ix * tileWidth + xpad,
    crpix2: header.number('CRPIX2') - iy * tileHeight + ypad,
  }
  const replaced = new Map([
    ['NAXIS1', `NAXIS1  = ${String(result.naxis1).padStart(20)}`],
    ['NAXIS2', `NAXIS2  = ${String(result.naxis2).padStart(20)}`],
    ['CRPIX1', `CRPIX1  = ${reference(result.crpix1)}`],
    ['CRPIX2', `CRPIX2  = ${reference(result.crpix2)}`],
  ])
  const tile = lines.map((line) => replaced.get(parseTemplateLine(line).keyword) ?? line)
  const problem = `Cannot open output template file ${input.output}`
  await writeText(place, input.output, `${[...tile, 'END'].join('\n')}\n`, problem)
  return result
}

function reference(value: number): string {
  return printfDigits(parsePrintf('%.10f'), value).padStart(20)
}

function badTile({ nx, ny, ix, iy }: TileHdrInput): MontageError {
  return new MontageError(
    'MONTAGE_BAD_ARGUMENT',
    '(nx,ny) have to be positive integers and (ix,iy) have to be in the range (0..nx-1, 0..ny-1)',
    { found: `nx ${nx}, ny ${ny}, ix ${ix}, iy ${iy}` },
  )
}

function readCall(call: ModuleCall): TileHdrInput {
  const [template = '', output = '', ...numbers] = call.operands
  const [nx = 0, ny = 0, ix = 0, iy = 0, xpad = 0, ypad = xpad] = numbers.map((text) =>
    Math.trunc(Number(text)),
  )
  return { template, output, nx, ny, ix, iy, xpad, ypad, roundsUp: hasOption(call, 'r') }
}

/** The module mTileHdr. */
export const tileHdrModule: MontageModule = defineModule<TileHdrInput, TileHdrResult>({
  name: 'mTileHdr',
  summary: 'Writes the header of one tile of a template.',
  usage: '%s [-d][-r(ound-up)][-s statusfile] orig.hdr new.hdr nx ny ix iy [xpad [ypad]]',
  style: 'getopt',
  options: 'drs:',
  operands: [6, 8],
  isNamed: false,
  fields: [
    ['naxis1', 'd'],
    ['naxis2', 'd'],
    ['crpix1', 'g'],
    ['crpix2', 'g'],
  ],
  manual: {
    description:
      'Writes the header of one tile of a template that is cut into `nx` by `ny` tiles. All other cards are copied.',
    options: [
      DEBUG_OPTION,
      [
        '-r',
        'Divide rounding up, as Montage of 2026 and mTileImage do: the tiles cover the whole template and the last ones reach beyond it. Without it sides are divided rounding down, as in 6.0, and the columns and rows that are left over belong to no tile.',
      ],
      STATUS_OPTION,
    ],
    operands: [
      ['orig.hdr', 'Header template: one card a line, at most 80 characters, END last.'],
      ['new.hdr', 'Header file that is written.'],
      ['nx', 'Tiles along axis 1.'],
      ['ny', 'Tiles along axis 2.'],
      ['ix', 'Column of the tile, from 0.'],
      ['iy', 'Row of the tile, from 0.'],
      ['[xpad]', 'Pixels added at the left and right; default 0.'],
      ['[ypad]', 'Pixels added at bottom and top; default as `xpad`.'],
    ],
    returns: {
      naxis1: 'Width of the tile in pixels.',
      naxis2: 'Height of the tile in pixels.',
      crpix1: 'Reference pixel of the tile.',
      crpix2: 'Reference pixel of the tile.',
    },
    example: ['mTileHdr region.hdr tile_1_0.hdr 3 2 1 0 20'],
  },
  read: readCall,
  run: mTileHdr,
})
