import { availableParallelism } from 'node:os'
import { formatHeaderTemplate } from '@skyloom/fits'
import { frameName } from '@skyloom/wcs'
import { forecastTime } from '../make/forecast-time.ts'
import type { MosaicOptions } from '../make/options.ts'
import type { MosaicPlan } from '../make/plan.ts'
import { matchedPairs } from '../overlap/matched-pairs.ts'
import { PIXEL_BYTES } from '../pixel-plane.ts'
import { projectRegion } from '../project/project-region.ts'
import { isEmptyRegion, type Region, uniteRegions } from '../region.ts'
import { findPartners } from './find-partners.ts'
import { requireImages, templateOf } from './inputs.ts'
import { machineSpeed } from './machine-speed.ts'
import { forecastPeakBytes, pixelMemoryBytes, usefulThreads } from './memory-budget.ts'
import { scanImages } from './scan-images.ts'
import { resolveSettings } from './settings.ts'

/** Scans the images and says what `makeMosaic` would do with the same options. Nothing is written. */
export async function planMosaic(options: MosaicOptions): Promise<MosaicPlan> {
  const resolved = resolveSettings(options)
  const { onProgress, signal } = options
  const found = await scanImages(options.imagesDir, { hdu: resolved.hdu, onProgress, signal })
  const scan = await findPartners(found, resolved.quality)
  requireImages(scan.images, scan.rejected)
  const settings = { ...resolved, threads: usefulThreads(options, resolved, scan.images) }
  const template = await templateOf(options, settings, scan.images)
  const placed = scan.images
    .map((image) => ({ image, region: projectRegion(image, template) }))
    .filter(({ region }) => !isEmptyRegion(region))
  const regions = placed.map(({ region }) => region)
  const pairs = matchedPairs(regions, settings.background)
  const mosaic = settings.isExactSize ? template : uniteRegions(regions)
  const projectedPixels = pixelsOf(regions)
  const pixelBytes = 2 * PIXEL_BYTES * projectedPixels
  const images = placed.map(({ image }) => image)
  const inputBytes = images.reduce((sum, image) => sum + image.sizeBytes, 0)
  const outputBytes = mosaic.width * mosaic.height * ((settings.isFloat64 ? 8 : 4) + 4)
  const spillBytes = Math.max(0, pixelBytes - pixelMemoryBytes(settings, images))
  const work = {
    imageCount: images.length,
    pairCount: pairs.length,
    inputBytes,
    imagePixels: images.reduce((sum, image) => sum + image.width * image.height, 0),
    projectedPixels,
    pairPixels: pixelsOf(pairs.map(({ window }) => window)),
    mosaicPixels: mosaic.width * mosaic.height,
    compressedBytes: images.reduce(
      (sum, { name, sizeBytes }) => sum + (/\.(gz|fz)$/i.test(name) ? sizeBytes : 0),
      0,
    ),
    outputBytes,
    spillBytes,
    method: settings.method,
    combine: settings.combine,
    compress: settings.compress,
    threads: Math.min(settings.threads, availableParallelism()),
  }
  return {
    template: {
      width: template.width,
      height: template.height,
      projection: template.wcs.projection,
      frame: frameName(template.wcs.frame),
      header: formatHeaderTemplate(template.header).trimEnd().split('\n'),
    },
    images: images.map(({ name, hdu, sizeBytes }) => ({ name, hdu, sizeBytes })),
    rejected: scan.rejected,
    inputBytes,
    pairCount: pairs.length,
    memoryBytes: settings.memoryBytes,
    forecast: {
      outputBytes,
      pixelBytes,
      spillBytes,
      peakBytes: forecastPeakBytes(settings, images, pixelBytes),
      ...forecastTime(work, machineSpeed()),
      work,
    },
  }
}

function pixelsOf(regions: readonly Region[]): number {
  return regions.reduce((sum, region) => sum + region.width * region.height, 0)
}
