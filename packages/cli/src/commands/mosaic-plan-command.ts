import { type Command, Option } from 'commander'
import { parseCount, parseHdu } from '../terminal/values.ts'
import { addPixelOptions } from './mosaic-pixels.ts'
import type { MosaicPlanFlags } from './mosaic-plan.ts'
import { addTemplateOptions } from './mosaic-template.ts'

/** Text shown below the options. */
const EXAMPLES = `
The folder holds the workflow and its catalogs in Pegasus' formats, the header
template and the plan that the jobs read, and the commands of the modules.

Examples:
  skyloom mosaic plan --images raw --out m42-workflow
  skyloom mosaic plan "M 42" --size 0.25 --survey 2MASS:J --out m42-workflow
  skyloom plan m42-workflow/workflow.yml --sites local --output-sites local
  skyloom mosaic plan --images raw --out m42-workflow --modules montage \\
    --container docker:///montage:6 --container-type docker

Exit codes: 0 done, 1 failed, 2 wrong use, 4 refused, 130 interrupted.`

/** `skyloom mosaic plan`. */
export function addMosaicPlanCommand(mosaic: Command): void {
  const plan = mosaic
    .command('plan')
    .description('write the abstract workflow that mosaic make runs, for any site')
    .argument('[place]', 'object or position ("M 42", "83.82 -5.39"): the centre of the mosaic')
    .option('--images <dir>', 'folder with the images')
    .option('--survey <name:band>', 'survey whose archive is searched')
    .option('--surveys <file>', 'registry of surveys (default: SKYLOOM_SURVEYS, or the built-in one)')
    .requiredOption('--out <dir>', 'folder for the workflow; must be new or empty')
    .option(
      '--hdu <n|name|all>',
      'extension to take from each file (default: the first image with a sky position)',
      parseHdu,
    )
  addTemplateOptions(plan)
  addPixelOptions(plan)
    .addOption(
      new Option(
        '--modules <whose>',
        'jobs of mosaic make, with the same products, or jobs with the arguments of the Montage modules, which Montage 6 runs, too',
      )
        .choices(['skyloom', 'montage'])
        .default('skyloom'),
    )
    .option(
      '--picture <pixels>',
      'with --modules montage: larger side of the picture (default: 1000)',
      parseCount,
    )
    .option(
      '--container <image>',
      'image in which the modules run: a file, a folder that ends with a slash, or a URL such as docker:///montage:6',
    )
    .addOption(
      new Option(
        '--container-type <kind>',
        'what runs the image: bwrap; podman or docker; apptainer (default: bubblewrap)',
      ).choices(['bubblewrap', 'docker', 'singularity']),
    )
    .option('--container-modules <dir>', 'folder of the modules in the image (default: /usr/bin)')
    .option(
      '--container-mount <from:to[:ro]>',
      'folder of this machine that the modules see; may be given several times',
      (value: string, before: readonly string[] | undefined) => [...(before ?? []), value],
    )
    .option('--name <name>', 'name of the workflow (default: that of the folder)')
    .option('--overwrite', 'replace the workflow of an earlier call')
    .option('--json', 'print the summary as one JSON document; progress as JSON lines on standard error')
    .addHelpText('after', EXAMPLES)
    .action(async (place: string | undefined, flags: MosaicPlanFlags, command: Command) => {
      if ((flags.images === undefined) === (flags.survey === undefined))
        command.error('error: give either --images or --survey')
      if (flags.container === undefined && hasContainerOption(flags))
        command.error(
          'error: --container-type, --container-modules and --container-mount go with --container',
        )
      const { runMosaicPlan } = await import('./mosaic-plan.ts')
      process.exitCode = await runMosaicPlan(place, flags)
    })
}

function hasContainerOption({ containerType, containerModules, containerMount }: MosaicPlanFlags): boolean {
  return [containerType, containerModules, containerMount].some((option) => option !== undefined)
}
