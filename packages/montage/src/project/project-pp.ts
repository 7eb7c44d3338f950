import {
  classicWindow,
  intersectRegions,
  type PlaneTurn,
  planeMap,
  planeTurn,
  type Region,
} from '@skyloom/mosaic'
import {
  angularDistanceDeg,
  pixelMap,
  pixelScaleDeg,
  type SkyPosition,
  skyToPixel,
  type Wcs,
} from '@skyloom/wcs'
import {
  defineModule,
  hasOption,
  type ModuleCall,
  type MontageModule,
  optionValue,
  type Place,
} from '../command/module.ts'
import { secondsSince, systemSeconds } from '../command/seconds.ts'
import { MontageError } from '../errors.ts'
import type { ClassicWcs } from '../header/classic-wcs.ts'
import { readTemplateFile } from '../header/read-template.ts'
import { classicPlaneAngleRad, classicPlaneDirectionRad } from './classic-angle.ts'
import { type OutputGrid, outputGrid } from './output-grid.ts'
import {
  LEAST_OVERLAP,
  noOverlap,
  OVERLAP_OPTIONS,
  type OverlapProjectInput,
  pixelRatio,
  readOverlapCall,
  wholeOf,
} from './project.ts'
import { openInput, type ProjectResult } from './project-input.ts'
import { writeOverlaps } from './write-overlaps.ts'

/** Input of {@link mProjectPP}. */
export interface ProjectPPInput extends Omit<OverlapProjectInput, 'overlap'> {
  /** Header template that stands for the header of the image, such as mTANHdr makes. */
  readonly alternateInput?: string
  /** The same for the template. */
  readonly alternateOutput?: string
  /**
   * With `alternateOutput`: give the product the reference pixel of the alternate header, as the classic program does although the other
   * cards are those of the template; default false.
   */
  readonly hasAlternateReference?: boolean
}

/** Projections between whose planes the module goes. */
const PLANES = ['TAN', 'SIN', 'ZEA', 'STG', 'ARC'] as const
/** Bound of mapped corners, pixels of the template: the classic program is matched to 1e-8. */
const BOUND_PX = 1e-9
const DEG_TO_RAD = Math.PI / 180

/**
 * Reprojects an image by the area of overlap of its pixels with those of the template in the plane of the template.
 *
 * @throws MontageError as mProject, and `MONTAGE_BAD_HEADER` for projections and systems that are not allowed
 */
export async function mProjectPP(input: ProjectPPInput, place: Place = {}): Promise<ProjectResult> {
  const start = systemSeconds()
  const image = await openInput(place, input)
  try {
    const template = await readTemplateFile(place, input.template)
    const pad = input.isExpanded === true ? Math.trunc(Math.hypot(image.width, image.height)) : 0
    const grid = outputGrid(template, input.template, pad)
    const from = await alternate(place, input.alternateInput, image.sky, 0)
    const to = await alternate(place, input.alternateOutput, grid.sky, pad)
    checkPlanes(from, to, input)
    const plain = { ...to.wcs, frame: from.wcs.frame }
    const output = likeClassic(from.wcs, plain)
    const toOutput = planeMap(from.wcs, plain, usedTurn(from.wcs, plain)) ?? pixelMap(from.wcs, output)
    const found = classicWindow(image, grid, toOutput, pixelMap(output, from.wcs))
    if (found === undefined) throw noOverlap(input)
    const isFlux = input.isEnergyMode === true
    const outputArea = nominalAreaSr(to.wcs)
    await writeOverlaps(
      place,
      image,
      input.isFullRegion === true ? wholeOf(grid) : widened(found, grid),
      pixelRatio(from.wcs, output),
      { toOutput, drop: input.drizzle ?? 1, boundPx: BOUND_PX, within: grid },
      {
        output: input.output,
        grid: input.hasAlternateReference === true ? await withReference(place, grid, input) : grid,
        isFullRegion: input.isFullRegion === true,
        isFlux,
        fluxFactor: outputArea / nominalAreaSr(from.wcs),
        leastArea: () => LEAST_OVERLAP * image.largestWeight(),
        toSteradians: (areas) => {
          for (let k = 0; k < areas.length; k++) areas[k] = (areas[k] ?? 0) * outputArea
        },
      },
    )
    return { time: secondsSince(start) }
  } finally {
    await image.close()
  }
}

/** Displacements beyond this many pixels are faults of the classic program that nobody wants back. */
const MOST_DISPLACEMENT_PX = 1e-6

/**
 * The template as the classic program places it: it takes the angle between the two reference points from the arc cosine of nearly 1, which
 * is off by up to 1e-16 over the angle. The displacement follows, so that pixels agree with it to 1e-8, as long as it is below a millionth
 * of a pixel.
 */
function likeClassic(from: Wcs, to: Wcs): Wcs {
  const place = skyToPixel(to, from.crval[0], from.crval[1])
  const angle = trueAngleRad(from, to)
  if (place === undefined || angle === 0) return to
  const factor = (usedAngleRad(from, to) - angle) / angle
  const dx = (place.fitsX - to.crpix[0]) * factor
  const dy = (place.fitsY - to.crpix[1]) * factor
  return { ...to, crpix: [to.crpix[0] + dx, to.crpix[1] + dy] }
}

function trueAngleRad(from: Wcs, to: Wcs): number {
  return angularDistanceDeg(referencePoint(from), referencePoint(to)) * DEG_TO_RAD
}

/** The angle between the reference points of the classic program, or the true one where that is too far off. */
function usedAngleRad(from: Wcs, to: Wcs): number {
  const angle = trueAngleRad(from, to)
  const classic = classicPlaneAngleRad(referencePoint(from), referencePoint(to))
  const pixelRad = Math.min(...pixelScaleDeg(to)) * DEG_TO_RAD
  return Math.abs(classic - angle) < MOST_DISPLACEMENT_PX * pixelRad ? classic : angle
}

/** Directions that are further off, 1e-6 pixel over 10,000 pixels, are faults too. */
const MOST_TURN_RAD = 1e-10

/** How the planes of the classic program lie to each other, or the true turn where that is too far off. */
function usedTurn(from: Wcs, to: Wcs): PlaneTurn {
  const turn = planeTurn(from, to, usedAngleRad(from, to))
  const [a, b] = [referencePoint(from), referencePoint(to)]
  const near = (classic: number, direction: number): number =>
    Math.abs(Math.sin(classic - direction)) < MOST_TURN_RAD && Math.cos(classic - direction) > 0
      ? classic
      : direction
  return {
    angleRad: turn.angleRad,
    fromRad: near(classicPlaneDirectionRad(a, b), turn.fromRad),
    toRad: near(classicPlaneDirectionRad(b, a), turn.toRad),
  }
}

function referencePoint({ crval: [lonDeg, latDeg] }: Wcs): SkyPosition {
  return { lonDeg, latDeg }
}

/** The grid with the reference pixel of the alternate header. */
async function withReference(place: Place, grid: OutputGrid, input: ProjectPPInput): Promise<OutputGrid> {
  if (input.alternateOutput === undefined) return grid
  const { header } = await readTemplateFile(place, input.alternateOutput)
  const cards = grid.header.clone()
  for (const keyword of ['CRPIX1', 'CRPIX2']) cards.setFloat(keyword, header.number(keyword))
  return { ...grid, header: cards }
}

/** The header that stands for another one, moved with an enlarged template. */
async function alternate(
  place: Place,
  path: string | undefined,
  own: ClassicWcs,
  pad: number,
): Promise<ClassicWcs> {
  if (path === undefined) return own
  return outputGrid(await readTemplateFile(place, path), path, pad).sky
}

/** Room around the window of the classic mProject, which may cut a column or row; this module does not. */
function widened({ col, row, width, height }: Region, grid: OutputGrid): Region {
  const wider = { col: col - 1, row: row - 1, width: width + 2, height: height + 2 }
  return intersectRegions(wider, wholeOf(grid))
}

/** True for projections between whose planes the module goes. */
export function isPlaneProjection(wcs: Wcs): boolean {
  return PLANES.some((code) => code === wcs.projection)
}

function checkPlanes(from: ClassicWcs, to: ClassicWcs, input: ProjectPPInput): void {
  const check = (side: string, wcs: Wcs, where: string): void => {
    if (isPlaneProjection(wcs)) return
    const problem = `${side} image projection (${wcs.projection}) must be TAN, SIN, ZEA, STG or ARC for fast reprojection`
    throw new MontageError('MONTAGE_BAD_HEADER', problem, {
      where: [where],
      remedy: 'use mProject, or a header that mTANHdr makes',
    })
  }
  check('Input', from.wcs, input.image)
  check('Output', to.wcs, input.template)
  const isSame = from.frame.system === to.frame.system && from.frame.epochYear === to.frame.epochYear
  if (isSame) return
  throw new MontageError(
    'MONTAGE_BAD_HEADER',
    'Input and output must be in the same coordinate system for fast reprojection',
    { where: [input.image, input.template], remedy: 'use mProject' },
  )
}

/** Area of a pixel as the header gives its sides, steradian. */
function nominalAreaSr(wcs: Wcs): number {
  const [width, height] = pixelScaleDeg(wcs)
  return width * height * DEG_TO_RAD * DEG_TO_RAD
}

function readCall(call: ModuleCall): ProjectPPInput {
  const alternateInput = optionValue(call, 'i')
  const alternateOutput = optionValue(call, 'o')
  return {
    ...readOverlapCall(call),
    ...(alternateInput === undefined ? {} : { alternateInput }),
    ...(alternateOutput === undefined ? {} : { alternateOutput }),
    hasAlternateReference: !hasOption(call, 'r'),
  }
}

/** The module mProjectPP. */
export const projectPPModule: MontageModule = defineModule<ProjectPPInput, ProjectResult>({
  name: 'mProjectPP',
  summary: 'Reprojects an image by overlap areas in the plane of the template, fast.',
  usage:
    '%s [-z factor][-d level][-b border][-s statusfile][-o altout.hdr][-i altin.hdr][-h hdu][-x scale][-w weightfile][-W fixed-weight][-t threshold][-X(expand)][-b border-string][-e(nergy-mode)][-f(ull-region)] in.fits out.fits template.hdr',
  style: 'getopt',
  options: 'z:d:s:b:o:i:h:x:w:W:t:Xefr',
  operands: [3, 3],
  isNamed: true,
  fields: [['time', 'time']],
  manual: {
    description:
      'Reprojects an image onto the pixels of a header template, as mProject does, for projections onto a plane: TAN, SIN, ZEA, STG and ARC, in the same coordinate system. Areas of overlap are those of straight-edged pixels in the plane of the template; areas in steradian follow from the nominal size of its pixels. Other projections go by way of a header with a distorted tangent plane (`RA---TAN-SIP`) that mTANHdr makes; distortions (SIP, TPV) of such a header are obeyed.',
    options: [
      ...OVERLAP_OPTIONS,
      ['-i altin.hdr', 'Header to use in place of that of the image.'],
      [
        '-o altout.hdr',
        'Header to use in place of the template when pixels are placed; the product has the cards of the template.',
      ],
      [
        '-r',
        'With `-o`: give the product the reference pixel of the template. Montage gives it that of the alternate header although the other cards are those of the template, and so does the command without `-r`.',
      ],
    ],
    operands: [
      ['in.fits', 'FITS image.'],
      ['out.fits', 'Image to write; its areas go to `out_area.fits`.'],
      ['template.hdr', 'Header template.'],
    ],
    returns: { time: 'seconds that it took' },
    sections: [
      {
        title: 'Differences from Montage',
        rows: [
          ['projections', 'ZEA, STG and ARC are the true ones; Montage is right near their centres only.'],
          ['-W', 'Works without a weight image.'],
          ['-h', 'Works for extensions and compressed images.'],
        ],
      },
    ],
    example: ['mProjectPP -b 3 raw.fits projected.fits region.hdr'],
  },
  read: readCall,
  run: mProjectPP,
})
