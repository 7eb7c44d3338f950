import { Header } from '@skyloom/fits'
import { wcsFromKeywords } from '@skyloom/wcs'
import type { ImageRecord, RejectedImage } from '../image-table/image-record.ts'
import type { MosaicPlanFile } from '../make/job-files.ts'
import { keywordValue } from '../template/template.ts'
import type { ProjectedImage, ProjectOutcome } from './project-stage.ts'

/** What other jobs need to know of a reprojected image beside its pixels, as JSON. */
export type ImageFacts =
  | { readonly kind: 'outside' | 'damaged'; readonly reason: RejectedImage }
  | ({ readonly kind: 'projected' } & Omit<ProjectedImage, 'image' | 'slot'> &
      Pick<ImageRecord, 'sizeBytes' | 'width' | 'height'> & {
        /** Header of the original. */
        readonly cards: readonly string[]
      })

/** The facts of an outcome. */
export function imageFacts(outcome: ProjectOutcome): ImageFacts {
  if (outcome.kind !== 'projected') return outcome
  const { image, extent, mapErrorPx, exactCellFraction, sha256, quality } = outcome.projected
  const { sizeBytes, width, height, header } = image
  return {
    kind: 'projected',
    extent,
    mapErrorPx,
    exactCellFraction,
    sha256,
    quality,
    sizeBytes,
    width,
    height,
    cards: Array.from(header, ({ raw }) => raw),
  }
}

/** The outcome that facts tell of. @param place the image in the plan @param slot its number */
export function outcomeOf(
  facts: ImageFacts,
  { name, hdu, path, quality }: MosaicPlanFile['images'][number],
  slot: number,
): ProjectOutcome {
  if (facts.kind !== 'projected') return facts
  const { kind, cards, sizeBytes, width, height, ...result } = facts
  const header = new Header()
  for (const raw of cards) header.appendRaw(raw)
  const wcs = wcsFromKeywords((keyword) => keywordValue(header, keyword), { name, naxis: [width, height] })
  const record = { path, name, hdu, sizeBytes, width, height, header, wcs }
  const image: ImageRecord = quality === undefined ? record : { ...record, quality }
  return { kind, projected: { image, slot, ...result } }
}
