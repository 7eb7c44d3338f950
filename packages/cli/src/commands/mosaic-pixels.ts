import type { MosaicOptions } from '@skyloom/mosaic'
import { type Command, Option } from 'commander'
import { parsePositive } from '../terminal/values.ts'
import { addQualityOptions, type QualityFlags, qualityOptions } from './mosaic-quality.ts'

/** Flags that say what becomes of the pixels of a mosaic. */
export interface PixelFlags extends QualityFlags {
  readonly method: string
  readonly pixfrac?: number
  readonly conserve?: NonNullable<MosaicOptions['conserve']>
  readonly background: 'plane' | 'level' | 'none'
  readonly solver?: NonNullable<MosaicOptions['solver']>
  readonly anchor?: readonly string[]
  readonly exactSize?: boolean
  readonly float64?: boolean
  readonly compress?: NonNullable<MosaicOptions['compress']>
  readonly quantize?: number
}

/** Adds the options for {@link PixelFlags}. */
export function addPixelOptions(command: Command): Command {
  command
    .addOption(
      new Option(
        '--method <name>',
        'reprojection: area, planar or drizzle (areas of overlap), nearest, bilinear, bicubic, lanczos2, lanczos3, lanczos4',
      ).default('area'),
    )
    .option('--pixfrac <number>', 'footprint of a pixel for drizzle, above 0 to 1 (default: 0.8)', Number)
    .addOption(
      new Option(
        '--conserve <name>',
        'what pixels hold and keep: surface brightness or flux per pixel; auto goes by BUNIT and takes brightness when it does not tell',
      )
        .choices(['auto', 'brightness', 'flux'])
        .default('auto'),
    )
    .addOption(
      new Option('--background <name>', 'background matching')
        .choices(['plane', 'level', 'none'])
        .default('plane'),
    )
    .option(
      '--anchor <name>',
      'image that keeps its values while the others follow, * and ? allowed; may be given several times',
      (name: string, before?: readonly string[]) => [...(before ?? []), name],
    )
    .addOption(
      new Option(
        '--solver <name>',
        'direct least squares, robust (by noise, less for overlaps that disagree), or the classic iteration',
      )
        .choices(['direct', 'robust', 'classic'])
        .default('direct'),
    )
  return addQualityOptions(command)
    .option('--exact-size', 'keep the whole template instead of trimming to the data')
    .option('--float64', 'write 64-bit pixels')
    .addOption(
      new Option(
        '--compress <name>',
        'store images in compressed tiles: gzip keeps every bit, rice and hcompress round the mosaic to a fraction of its noise',
      )
        .choices(['none', 'gzip', 'rice', 'hcompress'])
        .default('none'),
    )
    .option('--quantize <number>', 'with rice and hcompress: steps of the noise (default: 4)', parsePositive)
}

/** The flags as options of the library. */
export function pixelOptions(
  flags: PixelFlags,
): Omit<MosaicOptions, 'imagesDir' | 'outDir' | 'hdu' | 'headerFile' | 'template'> {
  return {
    // The library checks the word and says what is allowed.
    method: flags.method as MosaicOptions['method'],
    pixfrac: flags.pixfrac,
    conserve: flags.conserve,
    background: flags.background,
    solver: flags.solver,
    anchors: flags.anchor,
    ...qualityOptions(flags),
    isExactSize: flags.exactSize,
    isFloat64: flags.float64,
    compress: flags.compress,
    quantize: flags.quantize,
  }
}
