import type { MosaicOptions, MosaicSummary } from '@skyloom/mosaic'
import { exitCodeOf } from '../terminal/error-text.ts'
import { EXIT } from '../terminal/exit-code.ts'
import { formatBytes, formatDuration } from '../terminal/format.ts'
import { interruptSignal } from '../terminal/interrupt.ts'
import { jsonLines, progressDisplay } from '../terminal/progress.ts'
import { type PixelFlags, pixelOptions } from './mosaic-pixels.ts'
import { type TemplateFlags, templateOptions } from './mosaic-template.ts'

/** Flags of `skyloom mosaic make` as the command line gives them. */
export interface MakeFlags extends TemplateFlags, PixelFlags {
  readonly images: string
  readonly out: string
  readonly hdu?: number | string
  readonly center?: { lonDeg: number; latDeg: number }
  readonly jobs?: number
  readonly memory?: number
  readonly dryRun?: boolean
  readonly overwrite?: boolean
  readonly registry?: string
  readonly workflow: 'memory' | 'classic'
  readonly json?: boolean
}

/** Runs the command and returns its exit code. */
export async function runMosaicMake(flags: MakeFlags): Promise<number> {
  const display = flags.json === true ? jsonLines(process.stderr) : progressDisplay(process.stderr)
  const interrupt = interruptSignal(process, process.stderr)
  const options: MosaicOptions = {
    ...mosaicOptions(flags),
    onProgress: display.listener,
    signal: interrupt.signal,
  }
  try {
    if (flags.dryRun === true) {
      const { planMosaic } = await import('@skyloom/mosaic/node')
      const plan = await planMosaic(options)
      display.end()
      const { forecastText } = await import('./mosaic-forecast.ts')
      process.stdout.write(flags.json === true ? `${JSON.stringify(plan, null, 2)}\n` : forecastText(plan))
      return EXIT.done
    }
    const { makeMosaicRun, recordPlace } = await import('../mosaic/make-mosaic-run.ts')
    const { summary, runId } = await makeMosaicRun(options, recordPlace(flags.registry), flags.workflow)
    display.end()
    process.stdout.write(
      flags.json === true
        ? `${JSON.stringify({ ...summary, run: runId }, null, 2)}\n`
        : summaryText(summary, flags.out, runId),
    )
    return summary.status === 'partial' ? EXIT.partlyDone : EXIT.done
  } catch (error) {
    display.end()
    if (exitCodeOf(error) === EXIT.interrupted) {
      process.stderr.write(
        `interrupted; nothing half-written was left behind\nnext: run the same command again\n`,
      )
      return EXIT.interrupted
    }
    throw error
  } finally {
    interrupt.release()
  }
}

function mosaicOptions(flags: MakeFlags): MosaicOptions {
  return {
    imagesDir: flags.images,
    outDir: flags.out,
    hdu: flags.hdu,
    headerFile: flags.header,
    template: {
      ...(flags.center === undefined ? {} : { centre: flags.center }),
      ...(flags.size === undefined ? {} : { sizeDeg: flags.size }),
      ...templateOptions(flags),
    },
    ...pixelOptions(flags),
    threads: flags.jobs,
    memoryBytes: flags.memory,
    overwrite: flags.overwrite,
  }
}

/** The summary for people: what was made, how well it fits, where to look. */
export function summaryText(summary: MosaicSummary, out: string, runId: string): string {
  const { mosaic, residual } = summary
  const unit = mosaic.unit === undefined ? '' : ` ${mosaic.unit}`
  const lines = [
    `mosaic     ${mosaic.width} x ${mosaic.height} pixels of ${mosaic.pixelScaleArcsec.toPrecision(4)} arcsec, ${mosaic.projection}, ${mosaic.frame}`,
    `images     ${summary.images.length} of ${summary.images.length + summary.rejected.length}, ${summary.pairs.length} overlapping pairs`,
    `residual   rms ${residual.rmsBefore.toPrecision(4)} before, ${residual.rmsAfter.toPrecision(4)}${unit} after background matching`,
    `effort     ${formatDuration(summary.seconds * 1000)}, ${formatDuration(summary.cpuSeconds * 1000)} CPU, ${formatBytes(summary.peakMemoryBytes)} peak memory`,
    ...summary.warnings.map((warning) => `note       ${warning}`),
    ...summary.rejected.map((file) => `left out   ${file.reason}`),
    `look at    ${out}/mosaic.png`,
    `           ${out}/report.html`,
    `history    skyloom trace ${out}/mosaic.fits (run ${runId})`,
  ]
  return `${lines.join('\n')}\n`
}
