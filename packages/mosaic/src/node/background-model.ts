import { anchoredImages } from '../background/anchors.ts'
import { connectedGroups } from '../background/groups.ts'
import { rejectFits } from '../background/reject.ts'
import type { BackgroundSolution } from '../background/solve.ts'
import { solveBy } from '../background/solve-by.ts'
import { MosaicError } from '../errors.ts'
import type { FittedPair } from '../make/tables.ts'
import { findOverlaps } from '../overlap/pairs.ts'
import { type Region, uniteRegions } from '../region.ts'
import type { Template } from '../template/template.ts'
import type { DifferenceFit } from './difference-stage.ts'
import type { ProjectedImage, ProjectOutcome } from './project-stage.ts'
import type { MosaicSettings } from './settings.ts'

/** The images that became part of a mosaic and how they are matched. */
export interface BackgroundModel {
  readonly images: readonly ProjectedImage[]
  /** Pairs by their places in `images`. */
  readonly fits: readonly FittedPair[]
  /** For each fit why the background model did not use it. */
  readonly rejectReasons: ReturnType<typeof rejectFits>
  readonly solution: BackgroundSolution
  /** For each fit its weight in the solution relative to others; 0 when it was not used. */
  readonly fitWeights: readonly number[]
  /** Images, by their places in `images`, that kept their values. */
  readonly anchors: ReadonlySet<number>
  /** The part of the template that becomes the mosaic. */
  readonly window: Region
}

/** The fit of a pair of images, which are named by their places among all images. */
export interface PairFit extends DifferenceFit {
  readonly plus: number
  readonly minus: number
}

/**
 * The background model of the images that survived their reprojection.
 *
 * @param outcomes of all images
 * @param fits in the order of (plus, minus)
 * @throws MosaicError `MOSAIC_NO_OVERLAP` when no image has a pixel on the template
 */
export function modelBackground(
  settings: Pick<MosaicSettings, 'background' | 'isExactSize' | 'solver' | 'anchors'>,
  template: Template,
  outcomes: readonly ProjectOutcome[],
  fits: readonly PairFit[],
): BackgroundModel {
  const images: ProjectedImage[] = []
  const placeOf = new Map<number, number>()
  for (const [index, outcome] of outcomes.entries()) {
    if (outcome.kind !== 'projected') continue
    placeOf.set(index, images.length)
    images.push(outcome.projected)
  }
  if (images.length === 0) throw noOverlap(template)
  const place = (image: number): number => {
    const found = placeOf.get(image)
    if (found === undefined) throw new RangeError(`image ${image} has a fit but no pixels`)
    return found
  }
  const pairs = fits.map((fit) => ({ ...fit, plus: place(fit.plus), minus: place(fit.minus) }))
  const regions = images.map(({ extent }) => extent.region)
  const rejectReasons = rejectFits(pairs, regions)
  const used = pairs.filter((_, index) => rejectReasons[index] === undefined)
  const moments = images.map(({ extent }) => extent.moments)
  const names = images.map(({ image }) => image.name)
  const anchors = anchoredImages(names, settings.anchors)
  const { weights, ...solved } = solveBy(settings.solver, moments, used, settings.background, anchors)
  let next = 0
  const fitWeights = rejectReasons.map((reason) => (reason === undefined ? (weights[next++] ?? 1) : 0))
  const isNone = settings.background === 'none'
  return {
    images,
    fits: pairs,
    rejectReasons,
    fitWeights,
    anchors,
    solution: isNone ? { ...solved, groups: connectedGroups(images.length, findOverlaps(regions)) } : solved,
    window: settings.isExactSize
      ? { col: 0, row: 0, width: template.width, height: template.height }
      : uniteRegions(regions),
  }
}

function noOverlap(template: Template): MosaicError {
  const [lon, lat] = template.wcs.crval
  return new MosaicError('MOSAIC_NO_OVERLAP', 'no image has data on the mosaic', {
    where: ['template'],
    found: `${template.width} x ${template.height} pixels about ${lon.toFixed(4)}, ${lat.toFixed(4)}`,
    remedy: 'check centre, size and frame of the template against the images',
  })
}
