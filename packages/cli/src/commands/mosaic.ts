import type { Command } from 'commander'
import { Option } from 'commander'
import { parseAngles, parseBytes, parseCount, parseHdu } from '../terminal/values.ts'
import { addMosaicHipsCommand } from './mosaic-hips.ts'
import type { MakeFlags } from './mosaic-make.ts'
import { addPixelOptions } from './mosaic-pixels.ts'
import { addMosaicPlanCommand } from './mosaic-plan-command.ts'
import { addTemplateOptions } from './mosaic-template.ts'

/** Text shown below the options of `mosaic make`. */
const EXAMPLES = `
Examples:
  skyloom mosaic make --images raw --out m42
  skyloom mosaic make --images raw --out m42 --center "83.8 -5.4" --size 0.5
  skyloom mosaic make --images raw --out deep --weight "{stem}.weight.fits" \\
    --mask "masks/{name}[DQ]" --combine clipped --planes variance,count,context

Exit codes: 0 done, 1 failed, 2 wrong use, 3 done without some images,
4 refused, 130 interrupted.`

/** `skyloom mosaic ...` */
export function addMosaicCommand(program: Command): void {
  const mosaic = program.command('mosaic').description('make mosaics of FITS images')
  const make = mosaic
    .command('make')
    .description('turn a folder of overlapping FITS images into one background-matched mosaic')
    .requiredOption('--images <dir>', 'folder with FITS images (.fits, .fit, .fts; also .gz, .fz)')
    .requiredOption('--out <dir>', 'folder for the products; must be new or empty')
    .option(
      '--hdu <n|name|all>',
      'extension to take from each file (default: the first image with a sky position)',
      parseHdu,
    )
    .option('--center <"lon lat">', 'centre in degrees, in the frame of the mosaic', parseAngles)
  addTemplateOptions(make)
  addPixelOptions(make)
    .option('--jobs <n>', 'images worked on at the same time (default: number of cores)', parseCount)
    .option('--memory <size>', 'memory limit such as 512M or 2G (default: half of the machine)', parseBytes)
    .option('--dry-run', 'show what would be done, write nothing')
    .option('--overwrite', 'replace the products of an earlier run')
    .addOption(
      new Option('--workflow <form>', 'jobs in the memory of one process, or classic: m* processes on files')
        .choices(['memory', 'classic'])
        .default('memory'),
    )
    .option('--registry <place>', 'where the run is recorded (default: $SKYLOOM_REGISTRY)')
    .option('--json', 'print the summary as one JSON document; progress as JSON lines on standard error')
    .addHelpText('after', EXAMPLES)
    .action(async (flags: MakeFlags, command: Command) => {
      if ((flags.center === undefined) !== (flags.size === undefined)) {
        command.error('error: --center and --size go together')
      }
      const { runMosaicMake } = await import('./mosaic-make.ts')
      process.exitCode = await runMosaicMake(flags)
    })
  addMosaicPlanCommand(mosaic)
  addMosaicHipsCommand(mosaic)
}
