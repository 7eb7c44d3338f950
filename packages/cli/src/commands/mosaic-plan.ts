import { basename, join, resolve } from 'node:path'
import { installModules } from '@skyloom/montage/command'
import { type ModuleContainer, RecipeError } from '@skyloom/recipes'
import { type ImageSource, type MosaicWorkflowSummary, planMosaicWorkflow } from '@skyloom/recipes/node'
import { EXIT } from '../terminal/exit-code.ts'
import { interruptSignal } from '../terminal/interrupt.ts'
import { jsonLines, progressDisplay } from '../terminal/progress.ts'
import { type PixelFlags, pixelOptions } from './mosaic-pixels.ts'
import { type TemplateFlags, templateOptions } from './mosaic-template.ts'

/** Flags of `skyloom mosaic plan` as the command line gives them. */
export interface MosaicPlanFlags extends TemplateFlags, PixelFlags {
  readonly images?: string
  readonly survey?: string
  readonly surveys?: string
  readonly out: string
  readonly hdu?: number | string
  readonly modules: 'skyloom' | 'montage'
  readonly picture?: number
  readonly container?: string
  readonly containerType?: ModuleContainer['type']
  readonly containerModules?: string
  readonly containerMount?: readonly string[]
  readonly name?: string
  readonly overwrite?: boolean
  readonly json?: boolean
}

/** Runs the command and returns its exit code. */
export async function runMosaicPlan(place: string | undefined, flags: MosaicPlanFlags): Promise<number> {
  const display = flags.json === true ? jsonLines(process.stderr) : progressDisplay(process.stderr)
  const interrupt = interruptSignal(process, process.stderr)
  const commandsDir = join(flags.out, 'bin')
  try {
    const summary = await planMosaicWorkflow({
      source: sourceOf(flags),
      location: place,
      sizeDeg: flags.size,
      headerFile: flags.header,
      template: templateOptions(flags),
      form: flags.modules === 'montage' ? 'montage' : 'engine',
      pixels: pixelOptions(flags),
      pictureSide: flags.picture,
      commandsDir,
      container: containerOf(flags),
      outDir: flags.out,
      name: flags.name ?? basename(resolve(flags.out)),
      overwrite: flags.overwrite,
      onProgress: display.listener,
      signal: interrupt.signal,
    })
    if (flags.container === undefined) await installModules(commandsDir)
    display.end()
    process.stdout.write(flags.json === true ? `${JSON.stringify(summary, null, 2)}\n` : summaryText(summary))
    return EXIT.done
  } finally {
    display.end()
    interrupt.release()
  }
}

function containerOf(flags: MosaicPlanFlags): ModuleContainer | undefined {
  const {
    container,
    containerType = 'bubblewrap',
    containerModules = '/usr/bin',
    containerMount = [],
  } = flags
  if (container === undefined) return undefined
  // A folder is told from a file by its last character.
  const image = /^[a-z][a-z0-9+.-]*:/i.test(container)
    ? container
    : resolve(container) + (container.endsWith('/') ? '/' : '')
  return { type: containerType, image, commandsDir: containerModules, mounts: containerMount }
}

function sourceOf({ images, survey, surveys, hdu }: MosaicPlanFlags): ImageSource {
  if (images !== undefined) return { kind: 'folder', path: images, hdu: hdu ?? 'first' }
  const text = survey ?? ''
  const at = text.lastIndexOf(text.includes(':') ? ':' : '-')
  const [name, band] = [text.slice(0, Math.max(0, at)), text.slice(at + 1)]
  if (name === '' || band === '')
    throw new RecipeError('RECIPE_BAD_OPTION', 'the survey has no band', {
      where: ['--survey'],
      found: text,
      allowed: 'name and band with a colon or dash between them, such as 2MASS:J',
    })
  return { kind: 'survey', survey: name, band, surveysFile: surveys }
}

function summaryText(summary: MosaicWorkflowSummary): string {
  const { outDir, width, height, images, pairCount, beside, rejected } = summary
  const lines = [
    `mosaic     ${width} x ${height} pixels`,
    `images     ${images.length}, ${pairCount} overlapping pairs`,
    ...(beside.length === 0 ? [] : [`beside     ${beside.length} images lie beside the mosaic`]),
    ...rejected.map((file) => `left out   ${file.reason}`),
    `workflow   ${join(outDir, 'workflow.yml')}`,
    `next       skyloom plan ${join(outDir, 'workflow.yml')} --sites local --output-sites local`,
  ]
  return `${lines.join('\n')}\n`
}
