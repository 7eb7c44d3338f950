import { basename, join } from 'node:path'
import { writeFileAtomic } from '@skyloom/base/node'
import { formatHeaderTemplate } from '@skyloom/fits'
import { anchoredImages } from '../background/anchors.ts'
import type { ImageRecord, RejectedImage } from '../image-table/image-record.ts'
import type { MosaicOptions } from '../make/options.ts'
import type { MosaicSummary, ProductSummary } from '../make/summary.ts'
import { graticule } from '../report/graticule.ts'
import { mosaicReport } from '../report/report.ts'
import type { AddedMosaic } from './add-stage.ts'
import type { BackgroundModel } from './background-model.ts'
import { findPartners } from './find-partners.ts'
import { requireImages, templateOf } from './inputs.ts'
import { usefulThreads } from './memory-budget.ts'
import { type MosaicInput, mosaicInput } from './mosaic-input.ts'
import { checkOutFolder } from './out-folder.ts'
import { scanImages } from './scan-images.ts'
import { type MosaicSettings, resolveSettings } from './settings.ts'
import { createStageMeter, type StageMeter } from './stage-meter.ts'
import { summarize } from './summarize.ts'

/** A mosaic that is being made, from the scan of its images to its report. */
export interface MosaicSession {
  readonly options: MosaicOptions
  readonly settings: MosaicSettings
  readonly meter: StageMeter
  /** Images whose headers can be used. */
  readonly images: readonly ImageRecord[]
  /** Files that cannot be used. */
  readonly rejected: readonly RejectedImage[]
  readonly startMs: number
  readonly startCpu: NodeJS.CpuUsage
}

/**
 * Checks options and output folder and scans the images.
 *
 * @param isBegunAgain the folder holds products of an interrupted run, which may be replaced
 * @throws MosaicError `MOSAIC_BAD_OPTION`, `MOSAIC_OUT_NOT_EMPTY`, `MOSAIC_OUT_UNUSABLE`, `MOSAIC_NO_FILES`
 */
export async function startMosaic(options: MosaicOptions, isBegunAgain = false): Promise<MosaicSession> {
  const given = resolveSettings(options)
  const resolved = { ...given, overwrite: given.overwrite || isBegunAgain }
  const startMs = resolved.clock.monotonicMs()
  const startCpu = process.cpuUsage()
  const meter = createStageMeter(resolved.clock)
  await checkOutFolder(options.outDir, given.overwrite, isBegunAgain)
  const { images, rejected } = await meter.measure('scan', async () => {
    const { onProgress, signal } = options
    const scan = await scanImages(options.imagesDir, { hdu: resolved.hdu, onProgress, signal })
    return await findPartners(scan, resolved.quality)
  })
  const settings = { ...resolved, threads: usefulThreads(options, resolved, images) }
  return { options, settings, meter, images, rejected, startMs, startCpu }
}

/**
 * The input of a mosaic, without images that turned out to be damaged. The template must not depend on those.
 *
 * @throws MosaicError `MOSAIC_NO_IMAGES`, `MOSAIC_BAD_TEMPLATE`, `MOSAIC_TOO_LARGE`
 */
export async function inputWithout(
  { options, settings, images, rejected }: MosaicSession,
  damaged: readonly RejectedImage[],
): Promise<MosaicInput> {
  const names = new Set(damaged.map(({ name }) => name))
  const sound = images.filter(({ name }) => !names.has(name))
  requireImages(sound, [...rejected, ...damaged])
  anchoredImages(
    sound.map(({ name }) => name),
    settings.anchors,
  )
  const template = await templateOf(options, settings, sound)
  return mosaicInput(
    sound,
    template,
    options.headerFile === undefined ? undefined : basename(options.headerFile),
    settings.background,
  )
}

/** True when both inputs have the same template: what the images give on one they give on the other. */
export function isSameTemplate(a: MosaicInput, b: MosaicInput): boolean {
  return formatHeaderTemplate(a.template.header) === formatHeaderTemplate(b.template.header)
}

/** What the report of a mosaic tells. */
export interface MosaicFacts {
  readonly input: MosaicInput
  readonly model: BackgroundModel
  readonly added: Omit<AddedMosaic, 'preview'>
  readonly png: Uint8Array
  readonly damaged: readonly RejectedImage[]
  readonly outside: readonly RejectedImage[]
  readonly spilledBytes: number
  /** All but the report. */
  readonly products: readonly ProductSummary[]
}

/** Writes the report of a mosaic whose other products are in place. */
export async function reportMosaic(session: MosaicSession, facts: MosaicFacts): Promise<MosaicSummary> {
  const { options, settings, meter } = session
  const { input, model, png, damaged } = facts
  const cpu = process.cpuUsage(session.startCpu)
  const summary = summarize({
    ...facts,
    ...model,
    settings,
    templateFile: input.templateFile,
    template: input.template,
    rejected: [...session.rejected, ...damaged].sort((a, b) => (a.name < b.name ? -1 : 1)),
    stages: meter.stages,
    seconds: (settings.clock.monotonicMs() - session.startMs) / 1000,
    cpuSeconds: (cpu.user + cpu.system) / 1e6,
  })
  const pngBase64 = Buffer.from(png.buffer, png.byteOffset, png.byteLength).toString('base64')
  const picture = { pngBase64, graticule: graticule(input.template, model.window) }
  await writeFileAtomic(join(options.outDir, 'report.html'), mosaicReport(summary, picture), {
    overwrite: true,
  })
  return summary
}
