import type { MosaicPlan } from '@skyloom/mosaic'
import { formatBytes, formatDuration } from '../terminal/format.ts'

/** A plan for people. */
export function forecastText(plan: MosaicPlan): string {
  const { template, forecast } = plan
  const lines = [
    `mosaic     ${template.width} x ${template.height} pixels, ${template.projection}, ${template.frame}`,
    `project    ${plan.images.length} images, ${formatBytes(plan.inputBytes)}`,
    `difference ${plan.pairCount} pairs at most`,
    `write      ${formatBytes(forecast.outputBytes)}`,
    `memory     ${formatBytes(forecast.peakBytes)} in all; ${formatBytes(forecast.pixelBytes)} of pixels; limit ${formatBytes(plan.memoryBytes)}, spilled to disk ${formatBytes(forecast.spillBytes)}`,
    `time       about ${formatDuration(forecast.cpuSeconds.low * 1000)} to ${formatDuration(forecast.cpuSeconds.high * 1000)} CPU, ${formatDuration(forecast.wallSeconds.low * 1000)} to ${formatDuration(forecast.wallSeconds.high * 1000)} wall`,
    ...plan.rejected.map((file) => `left out   ${file.reason}`),
  ]
  return `${lines.join('\n')}\n`
}
