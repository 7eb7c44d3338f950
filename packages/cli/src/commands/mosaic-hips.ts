import { systemClock } from '@skyloom/base'
import type { HipsOptions, HipsSummary } from '@skyloom/mosaic'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { exitCodeOf } from '../terminal/error-text.ts'
import { EXIT } from '../terminal/exit-code.ts'
import { formatBytes, formatDuration } from '../terminal/format.ts'
import { interruptSignal } from '../terminal/interrupt.ts'
import { jsonLines, progressDisplay } from '../terminal/progress.ts'
import { parseBytes, parseCount, parseHdu, parseNumber } from '../terminal/values.ts'

/** Flags of `skyloom mosaic hips` as the command line gives them. */
interface HipsFlags {
  readonly out: string
  readonly hdu?: number | string
  readonly order?: number
  readonly frame: 'equatorial' | 'galactic' | 'ecliptic'
  readonly png: boolean
  readonly cut?: { readonly low: number; readonly high: number }
  readonly stretch: 'linear' | 'sqrt' | 'log' | 'asinh'
  readonly id?: string
  readonly title?: string
  readonly property?: ReadonlyMap<string, string>
  readonly viewer?: string | true
  readonly date?: number
  readonly jobs?: number
  readonly memory?: number
  readonly overwrite?: boolean
  readonly json?: boolean
}

/** Script of Aladin Lite at its makers, for pages that are looked at with a connection. */
const VIEWER = 'https://aladin.cds.unistra.fr/AladinLite/api/v3/latest/aladin.js'

/** Text shown below the options. */
const EXAMPLES = `
Examples:
  skyloom mosaic hips m42/mosaic.fits --out m42-hips
  skyloom mosaic hips corrected/ --out survey --frame galactic --index

Exit codes: 0 done, 1 failed, 2 wrong use, 3 done without some images,
4 refused, 130 interrupted.`

/** `skyloom mosaic hips`. */
export function addMosaicHipsCommand(mosaic: Command): void {
  mosaic
    .command('hips')
    .description('make a HiPS, the tile pyramid of sky viewers, of a mosaic or of matching images')
    .argument('<images...>', 'FITS images, or folders of them')
    .requiredOption('--out <dir>', 'folder of the HiPS; must be new or empty')
    .option('--hdu <n|name|all>', 'extension to take from each file (default: the first image)', parseHdu)
    .option('--order <n>', 'deepest order of tiles, 3 to 18 (default: that of the finest image)', parseCount)
    .addOption(
      new Option('--frame <name>', 'frame of the tiles')
        .choices(['equatorial', 'galactic', 'ecliptic'])
        .default('equatorial'),
    )
    .option('--no-png', 'write FITS tiles only')
    .option(
      '--cut <"low high">',
      'values shown as black and white (default: half a per cent at either end)',
      parseCut,
    )
    .addOption(
      new Option('--stretch <name>', 'curve between black and white')
        .choices(['linear', 'sqrt', 'log', 'asinh'])
        .default('asinh'),
    )
    .option('--id <ivoid>', 'IVOA identifier (creator_did)')
    .option('--title <text>', 'title (default: the name of the folder)')
    .option('--property <name=value>', 'further property; may be given several times', addProperty)
    .option(
      '--index [aladin.js]',
      'write an index.html that shows the HiPS in Aladin Lite, from this address',
    )
    .option('--date <iso>', 'date of making in the properties (default: now)', parseDate)
    .option('--jobs <n>', 'tiles worked on at the same time (default: number of cores)', parseCount)
    .option('--memory <size>', 'memory limit such as 512M or 2G (default: half of the machine)', parseBytes)
    .option('--overwrite', 'replace what the folder holds when the new HiPS is complete')
    .option('--json', 'print the summary as one JSON document; progress as JSON lines on standard error')
    .addHelpText('after', EXAMPLES)
    .action(async (images: readonly string[], flags: HipsFlags & { readonly index?: string | true }) => {
      const { index } = flags
      process.exitCode = await run(images, index === undefined ? flags : { ...flags, viewer: index })
    })
}

async function run(images: readonly string[], flags: HipsFlags): Promise<number> {
  const { makeHips } = await import('@skyloom/mosaic/node')
  const display = flags.json === true ? jsonLines(process.stderr) : progressDisplay(process.stderr)
  const interrupt = interruptSignal(process, process.stderr)
  try {
    const options = { ...hipsOptions(images, flags), onProgress: display.listener, signal: interrupt.signal }
    const summary = await makeHips(options)
    display.end()
    process.stdout.write(flags.json === true ? `${JSON.stringify(summary, null, 2)}\n` : summaryText(summary))
    return summary.rejected.length > 0 ? EXIT.partlyDone : EXIT.done
  } catch (error) {
    display.end()
    if (exitCodeOf(error) !== EXIT.interrupted) throw error
    process.stderr.write('interrupted; nothing was left behind\nnext: run the same command again\n')
    return EXIT.interrupted
  } finally {
    interrupt.release()
  }
}

function hipsOptions(images: readonly string[], flags: HipsFlags): HipsOptions {
  const { date, viewer } = flags
  return {
    images,
    outDir: flags.out,
    hdu: flags.hdu,
    order: flags.order,
    frame: flags.frame,
    hasNoPng: !flags.png,
    cut: flags.cut,
    stretch: flags.stretch,
    creatorDid: flags.id,
    title: flags.title,
    properties: flags.property,
    viewer: viewer === true ? VIEWER : viewer,
    threads: flags.jobs,
    memoryBytes: flags.memory,
    overwrite: flags.overwrite,
    ...(date === undefined ? {} : { clock: { ...systemClock, nowMs: () => date } }),
  }
}

function parseCut(text: string): { low: number; high: number } {
  const [low = '', high = '', ...rest] = text.trim().split(/[\s,]+/)
  const cut = { low: parseNumber(low), high: parseNumber(high) }
  if (rest.length > 0 || !(cut.high > cut.low))
    throw new InvalidArgumentError('a lower and a higher value such as "0 250" are needed.')
  return cut
}

function addProperty(
  text: string,
  before: ReadonlyMap<string, string> = new Map(),
): ReadonlyMap<string, string> {
  const match = /^([a-z][a-z0-9_]*)\s*=\s*([^\r\n]*)$/i.exec(text)
  if (match === null) throw new InvalidArgumentError('a property such as obs_copyright="..." is needed.')
  return new Map([...before, [match[1] ?? '', (match[2] ?? '').trim()]])
}

function parseDate(text: string): number {
  const date = Date.parse(/^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d)?)?Z?$/.test(text) ? text : '')
  if (Number.isNaN(date))
    throw new InvalidArgumentError('a date such as 2026-01-31 or 2026-01-31T12:00Z is needed.')
  return date
}

/** The summary for people: what was made and where to look. */
function summaryText(summary: HipsSummary): string {
  const { tileCounts, centre } = summary
  const lines = [
    `tiles      ${summary.tileCount} in orders 0 to ${summary.order} (${tileCounts.at(-1) ?? 0} in the deepest), ${formatBytes(summary.bytesWritten)}`,
    `pixels     ${summary.pixelScaleArcsec.toPrecision(4)} arcsec, ${summary.frame}`,
    `sky        ${summary.areaDeg2.toPrecision(4)} square degrees about ${centre.lonDeg.toFixed(4)} ${centre.latDeg.toFixed(4)} (ICRS)`,
    `shown      ${summary.cut.low.toPrecision(5)} to ${summary.cut.high.toPrecision(5)}, ${summary.cut.stretch}`,
    `images     ${summary.imageCount}`,
    `effort     ${formatDuration(summary.seconds * 1000)}, ${formatDuration(summary.cpuSeconds * 1000)} CPU`,
    ...summary.rejected.map((file) => `left out   ${file.reason}`),
    `look at    ${summary.outDir}`,
  ]
  return `${lines.join('\n')}\n`
}
