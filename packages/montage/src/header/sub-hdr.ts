import {
  classicRegion,
  facingPixel,
  intersectRegions,
  isEmptyRegion,
  type Region,
  shiftOnto,
} from '@skyloom/mosaic'
import { pixelScaleDeg } from '@skyloom/wcs'
import { writeText } from '../command/files.ts'
import { DEBUG_OPTION } from '../command/manual.ts'
import {
  defineModule,
  hasOption,
  type ModuleCall,
  type MontageModule,
  namedReal,
  type Place,
  usageError,
} from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { fromJ2000 } from './classic-wcs.ts'
import { type HeaderTemplate, readTemplateFile } from './read-template.ts'
import { parseTemplateLine } from './template-line.ts'

/** A length in pixels or degrees. */
export interface SubHdrSize {
  readonly value: number
  readonly unit: 'pixels' | 'degrees'
}

/** Input of {@link mSubHdr}. */
export interface SubHdrInput {
  readonly template: string
  /** Header file that is written. */
  readonly output: string
  /** Around a J2000 position in degrees, or from a pixel on, the first one being 1. */
  readonly start:
    | { readonly kind: 'sky'; readonly ra: number; readonly dec: number }
    | { readonly kind: 'pixel'; readonly x: number; readonly y: number }
  readonly xsize: SubHdrSize
  readonly ysize: SubHdrSize
  /** Move a region that reaches beyond the template onto it instead of cutting it off. */
  readonly isShifted?: boolean
}

/** Result of {@link mSubHdr}. */
export interface SubHdrResult {
  /** Lines of the new template. */
  readonly lines: string
}

/**
 * Writes the template of a part of a template. Around a position it is the same part that mSubimage cuts out of an image.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_HEADER`, `MONTAGE_NO_RESULT` for a part off the template, `MONTAGE_CANNOT_WRITE`
 */
export async function mSubHdr(input: SubHdrInput, place: Place = {}): Promise<SubHdrResult> {
  const template = await readTemplateFile(place, input.template)
  const wanted = wantedRegion(input, template)
  const { width, height } = template
  const placed = input.isShifted === true ? shiftOnto(wanted, template) : wanted
  const part = intersectRegions(placed, { col: 0, row: 0, width, height })
  if (isEmptyRegion(part))
    throw new MontageError('MONTAGE_NO_RESULT', 'Region outside image.', { where: [input.template] })
  const { wcs } = template.sky
  const replaced = new Map([
    ['NAXIS1', `NAXIS1  = ${String(part.width).padStart(20)}`],
    ['NAXIS2', `NAXIS2  = ${String(part.height).padStart(20)}`],
    ['CRPIX1', `CRPIX1  = ${String(wcs.crpix[0] - part.col).padStart(20)}`],
    ['CRPIX2', `CRPIX2  = ${String(wcs.crpix[1] - part.row).padStart(20)}`],
  ])
  const lines = [
    ...template.lines.map((line) => replaced.get(parseTemplateLine(line).keyword) ?? line),
    'END',
  ]
  await writeText(
    place,
    input.output,
    `${lines.join('\n')}\n`,
    `Cannot open output header file ${input.output}`,
  )
  return { lines: String(lines.length) }
}

function wantedRegion({ start, xsize, ysize, template }: SubHdrInput, { sky }: HeaderTemplate): Region {
  const { wcs, frame } = sky
  const [scaleX, scaleY] = pixelScaleDeg(wcs)
  const pixels = ({ value, unit }: SubHdrSize, scale: number): number =>
    unit === 'pixels' ? value : value / scale
  const degrees = ({ value, unit }: SubHdrSize, scale: number): number =>
    unit === 'degrees' ? value : value * scale
  if (start.kind === 'pixel')
    return {
      col: Math.trunc(start.x) - 1,
      row: Math.trunc(start.y) - 1,
      width: Math.max(1, Math.round(pixels(xsize, scaleX))),
      height: Math.max(1, Math.round(pixels(ysize, scaleY))),
    }
  const pixel = facingPixel(wcs, fromJ2000(frame).convert(start.ra, start.dec))
  if (pixel === undefined)
    throw new MontageError('MONTAGE_NO_RESULT', 'Region outside image.', { where: [template] })
  return classicRegion(wcs, pixel, { width: degrees(xsize, scaleX), height: degrees(ysize, scaleY) })
}

function readCall(call: ModuleCall): SubHdrInput {
  const [template = '', output = '', first, second, xText, yText = xText] = call.operands
  if (first === undefined || second === undefined || xText === undefined || yText === undefined)
    throw usageError()
  const isPixel = hasOption(call, 'p')
  const size = (text: string, what: string): SubHdrSize => {
    const unit = text.endsWith('p')
      ? 'pixels'
      : text.endsWith('d')
        ? 'degrees'
        : isPixel
          ? 'pixels'
          : 'degrees'
    const value = namedReal(text.replace(/[pd]$/, ''), what)
    if (value > 0) return { value, unit }
    throw new MontageError('MONTAGE_BAD_ARGUMENT', "Invalid 'x' or 'y' size", {
      found: text,
      allowed: 'above 0',
    })
  }
  return {
    template,
    output,
    start: isPixel
      ? { kind: 'pixel', x: namedReal(first, 'X pixel'), y: namedReal(second, 'Y pixel') }
      : { kind: 'sky', ra: namedReal(first, 'RA'), dec: namedReal(second, 'Dec') },
    xsize: size(xText, 'X size'),
    ysize: size(yText, 'Y size'),
    isShifted: hasOption(call, 's'),
  }
}

/** The module mSubHdr. */
export const subHdrModule: MontageModule = defineModule<SubHdrInput, SubHdrResult>({
  name: 'mSubHdr',
  summary: 'Cuts a part out of a header template.',
  usage:
    '%s [-d][-s(hift)] in.hdr out.hdr ra dec xsize [ysize] | %s -p [-d][-s(hift)] in.hdr out.hdr xstart ystart xsize [ysize]',
  style: 'leading',
  options: ['d', 's', 'p'],
  operands: [5, 6],
  isNamed: true,
  fields: [['lines', 's']],
  manual: {
    description:
      'Writes the template of a part of a template: around a position, the same part that mSubimage cuts out of an image, or by pixels. What reaches beyond the template is cut off, or with `-s` moved onto it. With `-p` the part has as many pixels as asked for, not one more as in Montage.',
    options: [
      DEBUG_OPTION,
      ['-s', 'Move the part onto the template (shift) instead of cutting it off.'],
      ['-p', 'Start and sizes are pixels; the first pixel is 1.'],
    ],
    operands: [
      ['in.hdr', 'Header template.'],
      ['out.hdr', 'Template that is written.'],
      ['ra', 'Right ascension J2000 of the centre in degrees; with `-p` the first column.'],
      ['dec', 'Declination J2000 in degrees; with `-p` the first row.'],
      [
        'xsize',
        'Width in degrees, with `-p` in pixels; a `p` (pixels) or `d` (degrees) behind it says otherwise.',
      ],
      ['[ysize]', 'Height; default as the width.'],
    ],
    synopsis: [
      '[-d] [-s] in.hdr out.hdr ra dec xsize [ysize]',
      '-p [-d] [-s] in.hdr out.hdr xstart ystart xsize [ysize]',
    ],
    returns: { lines: 'Lines of the new template.' },
    example: [
      'mSubHdr region.hdr core.hdr 10.6847 41.2690 0.1',
      'mSubHdr -p region.hdr corner.hdr 1 1 512p 0.05d',
    ],
  },
  read: readCall,
  run: mSubHdr,
})
