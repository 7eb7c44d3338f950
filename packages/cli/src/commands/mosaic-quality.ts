import type { CombineMethod, ExtraPlane, MosaicOptions, QualityOptions, WeightType } from '@skyloom/mosaic'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { parseNumber, parsePositive } from '../terminal/values.ts'

/** Flags that say which pixels count and how much, how they become one, and what is told of the result. */
export interface QualityFlags {
  readonly weight?: string
  readonly weightType?: WeightType
  readonly variance?: string
  readonly mask?: string
  readonly maskBits?: number
  readonly saturation?: number | string
  readonly badValue?: readonly number[]
  readonly combine?: CombineMethod
  readonly clipSigma?: number
  readonly clipRange?: number
  readonly planes?: readonly ExtraPlane[]
}

/** Adds the options for {@link QualityFlags}. */
export function addQualityOptions(command: Command): Command {
  return command
    .option(
      '--weight <pattern>',
      'weight images: "{stem}.weight.fits" beside the images, a folder with equal names, with [extension] if need be',
    )
    .addOption(
      new Option(
        '--weight-type <name>',
        'what weights are: inverse variances, or proportional to them (default: relative)',
      ).choices(['relative', 'inverse-variance']),
    )
    .option('--variance <pattern>', 'variance images, named like weights')
    .option('--mask <pattern>', 'mask images, named like weights; pixels other than 0 do not count')
    .option(
      '--mask-bits <n>',
      'bits of the mask that count as bad: 5, 0x1f, or ~4 for all but these',
      parseBits,
    )
    .option(
      '--saturation <value|keyword>',
      'values from here on do not count; a keyword is looked up in each header',
      parseSaturation,
    )
    .option('--bad-value <numbers>', 'values that mean "no data", separated by commas', parseNumbers)
    .addOption(
      new Option(
        '--combine <name>',
        'how overlapping pixels become one (default: mean; weighted with weights or variances)',
      ).choices(['mean', 'weighted', 'median', 'clipped', 'min', 'max', 'sum', 'count']),
    )
    .option('--clip-sigma <n>', 'clipped: standard deviations from the median (default: 4)', parsePositive)
    .option(
      '--clip-range <n>',
      'clipped: part of the range of neighbouring medians allowed on top (default: 1)',
      parseNumber,
    )
    .option(
      '--planes <names>',
      'further products, separated by commas: variance, weight, count, context',
      parsePlanes,
    )
}

/** The flags as options of the library. */
export function qualityOptions(
  flags: QualityFlags,
): Pick<MosaicOptions, 'quality' | 'combine' | 'clip' | 'planes'> {
  const { weight, weightType, variance, mask, maskBits, saturation, badValue: badValues } = flags
  const quality: QualityOptions = { weight, weightType, variance, mask, maskBits, saturation, badValues }
  return {
    quality,
    combine: flags.combine,
    clip: {
      ...(flags.clipSigma === undefined ? {} : { sigma: flags.clipSigma }),
      ...(flags.clipRange === undefined ? {} : { range: flags.clipRange }),
    },
    planes: flags.planes,
  }
}

/** A whole number, decimal or with 0x, or the complement of one. */
function parseBits(text: string): number {
  const match = /^(~?)(0x[\da-f]+|\d+)$/i.exec(text.trim())
  const bits = Number(match?.[2])
  if (match === null || !(bits <= 0xffffffff))
    throw new InvalidArgumentError('a number such as 5, 0x1f or ~4 is needed, below 2^32.')
  return match[1] === '~' ? ~bits >>> 0 : bits
}

function parseSaturation(text: string): number | string {
  return /^[A-Z][\w-]{0,7}$/i.test(text.trim()) ? text.trim() : parseNumber(text)
}

function parseNumbers(text: string): readonly number[] {
  return text.split(',').map(parseNumber)
}

/** The library checks the words. */
function parsePlanes(text: string): readonly ExtraPlane[] {
  return text.split(',').map((word) => word.trim() as ExtraPlane)
}
