import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Place } from '../command/module.ts'
import { MontageError } from '../errors.ts'
import type { ClassicWcs } from '../header/classic-wcs.ts'
import { readTemplateFile } from '../header/read-template.ts'
import { openHeader } from '../image/open-header.ts'
import { mProject, type OverlapProjectInput } from './project.ts'
import type { ProjectResult } from './project-input.ts'
import { isPlaneProjection, mProjectPP } from './project-pp.ts'
import { mProjectQL } from './project-ql.ts'
import { fitTanHeader, type TanHdrResult } from './tan-hdr.ts'

/** Input of {@link projectOne}. */
export interface ProjectOneInput extends OverlapProjectInput {
  /** By sampling: mProjectQL. */
  readonly isQuick?: boolean
  /** Use mProject where alternate headers would be needed. */
  readonly isExact?: boolean
}

/** Errors of an alternate header up to which it is used, pixels. */
const MOST_ERROR_PX = 0.1

/**
 * Reprojects one image of a table with the module that fits: by sampling when asked for, in the plane when both projections allow it, in the
 * plane by way of a fitted tangent-plane header where its error is below 0.1 pixel, on the sphere otherwise.
 *
 * @throws MontageError as the modules
 */
export async function projectOne(input: ProjectOneInput, place: Place = {}): Promise<ProjectResult> {
  const { isQuick, isExact, ...call } = input
  if (isQuick === true) return await mProjectQL({ ...withoutOverlaps(call), hasAreas: true }, place)
  const template = await readTemplateFile(place, input.template)
  const image = await openHeader(place, input.image, input.hdu ?? 0)
  if (isExact === true || !inOneSystem(image.sky, template.sky)) return await mProject(call, place)
  const [imagePlane, templatePlane] = [image.sky, template.sky].map((sky) => isPlaneProjection(sky.wcs))
  if (imagePlane === true && templatePlane === true) return await mProjectPP(call, place)
  const folder = await mkdtemp(join(tmpdir(), 'skyloom-alternate-'))
  try {
    const alternateInput =
      imagePlane === true ? undefined : await alternate({ ...image, lines: linesOf(image) }, folder, 'in')
    const alternateOutput = templatePlane === true ? undefined : await alternate(template, folder, 'out')
    if (alternateInput === null || alternateOutput === null) return await mProject(call, place)
    return await mProjectPP(
      {
        ...call,
        ...(alternateInput === undefined ? {} : { alternateInput }),
        ...(alternateOutput === undefined ? {} : { alternateOutput }),
      },
      place,
    )
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

/** What sampling takes of a call, its weights included; the rule of overlaps plays no part in it. */
function withoutOverlaps(call: OverlapProjectInput): Parameters<typeof mProjectQL>[0] {
  const { drizzle, isEnergyMode, ...sampled } = call
  if (drizzle !== undefined && drizzle !== 1) throw notQuick('a drizzle factor')
  if (isEnergyMode === true) throw notQuick('energy mode')
  return sampled
}

function notQuick(what: string): MontageError {
  return new MontageError('MONTAGE_BAD_ARGUMENT', `Quick mode and ${what} exclude each other`)
}

function inOneSystem(a: ClassicWcs, b: ClassicWcs): boolean {
  return a.frame.system === b.frame.system && a.frame.epochYear === b.frame.epochYear
}

/** The cards of an image as lines of a template. */
function linesOf({ header }: Awaited<ReturnType<typeof openHeader>>): readonly string[] {
  return [...header].map((card) => card.raw.trimEnd())
}

/** Writes a header that stands for another one; null when none fits well enough. */
async function alternate(
  original: Parameters<typeof fitTanHeader>[0],
  folder: string,
  name: string,
): Promise<string | null> {
  const fit = fitOrNothing(original)
  if (fit === undefined || !isGood(fit.result)) return null
  const path = join(folder, `${name}.hdr`)
  await writeFile(path, `${fit.lines.join('\n')}\nEND\n`)
  return path
}

function fitOrNothing(
  original: Parameters<typeof fitTanHeader>[0],
): ReturnType<typeof fitTanHeader> | undefined {
  try {
    return fitTanHeader(original, {
      template: '',
      output: '',
      isPrecise: true,
      tolerancePx: 1e-5,
      maxIterations: 20,
    })
  } catch (error) {
    // No fit is an answer here: the image goes by way of the sphere.
    if (error instanceof MontageError) return undefined
    throw error
  }
}

function isGood({ fwdxerr, fwdyerr, revxerr, revyerr }: TanHdrResult): boolean {
  return [fwdxerr, fwdyerr, revxerr, revyerr].every((error) => error <= MOST_ERROR_PX)
}
