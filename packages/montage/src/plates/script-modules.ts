import { DEBUG_OPTION, type ManualRow } from '../command/manual.ts'
import {
  defineModule,
  hasOption,
  type ModuleCall,
  type MontageModule,
  operand,
  optionValue,
  type Place,
} from '../command/module.ts'
import { MontageError } from '../errors.ts'
import { MOSAICS } from './plate-run.ts'
import { DEFAULT_STRETCH, EXACT_OPTION, type Stage, type StageFlag, type StageOptions } from './stage.ts'
import { STAGES } from './stages.ts'
import { stretchArgument } from './stretch-argument.ts'
import { type ScriptsInput, type ScriptsResult, writeScripts } from './write-scripts.ts'

/** What each letter is called and means. */
const FLAG_ROWS: Readonly<Record<StageFlag, ManualRow>> = {
  i: [
    '-i platedir',
    `Folder of the images of the plates, within the folder of the run; default \`${MOSAICS}\`.`,
  ],
  b: ['-b', 'Match the backgrounds of the images of a plate.'],
  e: EXACT_OPTION,
  t: [
    '-t stretch',
    `Range and curve, one word for the shell: \`-t "0 500 asinh 0.1"\`; default \`${DEFAULT_STRETCH.join(' ')}\`.`,
  ],
  g: ['-g greendir', 'Folder of the run of the green images.'],
  r: ['-r reddir', 'Folder of the run of the red images.'],
}
const HAS_VALUE: ReadonlySet<StageFlag> = new Set(['i', 't', 'g', 'r'])
const NEEDED: ReadonlySet<StageFlag> = new Set(['g', 'r'])

/** Writes the scripts of a stage of a run, by the name of the module that writes them. */
export async function writeStageScripts(
  module: string,
  input: ScriptsInput,
  place: Place = {},
): Promise<ScriptsResult> {
  return await writeScripts(stageOf(module), input, place)
}

function stageOf(module: string): Stage {
  const stage = STAGES.find((one) => one.module === module)
  if (stage !== undefined) return stage
  throw new MontageError('MONTAGE_BAD_ARGUMENT', `There is no stage ${module}`, {
    allowed: STAGES.map((one) => one.module).join(' '),
  })
}

/** The module that writes the scripts of a stage, by its name. */
export function scriptModule(name: string): MontageModule {
  const stage = stageOf(name)
  const flags = stage.flags.map((flag) => FLAG_ROWS[flag])
  return defineModule<ScriptsInput, ScriptsResult>({
    name,
    summary: `Writes scripts that make ${stage.makes}.`,
    usage: `%s [-d][-s]${stage.flags.map((flag) => usageOf(flag)).join('')} hipsdir`,
    style: 'getopt',
    options: `ds${stage.flags.map((flag) => (HAS_VALUE.has(flag) ? `${flag}:` : flag)).join('')}`,
    operands: [1, 1],
    isNamed: true,
    fields: [
      ['count', 'd'],
      ['driver', 's'],
    ],
    manual: {
      description: `${stage.description}\n\nThe scripts stand in \`scripts/${stage.name}\` and call modules from \`PATH\`; each ends at once when its product is there. \`scripts/${stage.name}.sh\` starts them all: as arrays of SLURM jobs, to which its own arguments are handed on (\`--partition=day\`), or with \`-s\` one after another. The arguments of this module in Montage are not on record; these are our own.`,
      options: [
        DEBUG_OPTION,
        ['-s', 'Single-threaded: the driver runs one script after another instead of by SLURM.'],
        ...flags,
      ],
      operands: [['hipsdir', 'Folder that mHiPSSetup began.']],
      writes: [
        [`scripts/${stage.name}/*.sh`, 'The scripts.'],
        [`scripts/${stage.name}.sh`, 'The driver.'],
      ],
      returns: { count: 'Scripts that were written.', driver: 'The driver.' },
      example: [`${name} -s${exampleOf(stage)} m42`, `m42/scripts/${stage.name}.sh`],
    },
    read: (call) => readCall(call, stage),
    run: async (input, place) => await writeScripts(stage, input, place),
  })
}

function usageOf(flag: StageFlag): string {
  const [term] = FLAG_ROWS[flag]
  return NEEDED.has(flag) ? ` ${term} ` : `[${term}]`
}

function exampleOf({ flags }: Stage): string {
  return flags.includes('g') ? ' -g ../m42-h -r ../m42-k' : ''
}

function readCall(call: ModuleCall, { flags }: Stage): ScriptsInput {
  for (const flag of flags) {
    if (!NEEDED.has(flag) || hasOption(call, flag)) continue
    const [term] = FLAG_ROWS[flag]
    throw new MontageError('MONTAGE_BAD_ARGUMENT', `Option ${term} is needed`)
  }
  const [input, stretch, green, red] = ['i', 't', 'g', 'r'].map((name) => optionValue(call, name))
  const options: StageOptions = {
    matchesImages: hasOption(call, 'b'),
    isExact: hasOption(call, 'e'),
    ...(input === undefined ? {} : { input: input.replace(/\/+$/, '') }),
    ...(stretch === undefined ? {} : { stretch: stretchArgument(stretch) }),
    ...(green === undefined ? {} : { greenRun: green.replace(/\/+$/, '') }),
    ...(red === undefined ? {} : { redRun: red.replace(/\/+$/, '') }),
  }
  return { folder: operand(call, 0), isSingleThreaded: hasOption(call, 's'), ...options }
}
