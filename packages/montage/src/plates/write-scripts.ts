import { chmod, mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { pathOf, writeText } from '../command/files.ts'
import type { Place } from '../command/module.ts'
import { cannotWrite } from '../image/cannot-write.ts'
import { type PlateRun, readPlateRun } from './plate-run.ts'
import type { ScriptGroup } from './script.ts'
import { quoted, scriptText } from './script-text.ts'
import type { Stage, StageOptions } from './stage.ts'

/** Input of `writeScripts`. */
export interface ScriptsInput extends StageOptions {
  /** Folder that mHiPSSetup began. */
  readonly folder: string
  /** Make a driver that runs one script after another; default: one that hands them to SLURM. */
  readonly isSingleThreaded?: boolean
}

/** Result of the modules that write scripts. */
export interface ScriptsResult {
  /** Scripts that were written. */
  readonly count: number
  /** The script that starts them. */
  readonly driver: string
}

const EXECUTABLE = 0o755

/**
 * Writes the scripts of a stage to `scripts/STAGE`, and the driver `scripts/STAGE.sh` that runs them all.
 *
 * @throws MontageError `MONTAGE_NO_FILE`, `MONTAGE_BAD_TABLE`, `MONTAGE_CANNOT_WRITE`
 */
export async function writeScripts(stage: Stage, input: ScriptsInput, place: Place): Promise<ScriptsResult> {
  const run = await readPlateRun(input.folder, place)
  const absolute = (path: string | undefined): string | undefined =>
    path === undefined ? undefined : pathOf(place, path)
  const [greenRun, redRun] = [absolute(input.greenRun), absolute(input.redRun)]
  const runs = {
    ...(greenRun === undefined ? {} : { greenRun }),
    ...(redRun === undefined ? {} : { redRun }),
  }
  const groups = stage.groups(run, { ...input, ...runs })
  const folder = join(input.folder, 'scripts', stage.name)
  await mkdir(pathOf(place, folder), { recursive: true }).catch((cause: unknown) => {
    throw cannotWrite(folder, cause)
  })
  const write = async (path: string, text: string): Promise<void> => {
    await writeText(place, path, text, `Cannot write script ${path}`)
    await chmod(pathOf(place, path), EXECUTABLE)
  }
  for (const script of groups.flat())
    await write(join(folder, `${script.name}.sh`), scriptText(script, run.folder, stage.module))
  const driver = join(input.folder, 'scripts', `${stage.name}.sh`)
  const isSingle = input.isSingleThreaded === true
  await write(driver, isSingle ? inTurn(run, stage, groups) : bySlurm(run, stage, groups))
  return { count: groups.flat().length, driver }
}

function head({ folder }: PlateRun, { module, makes, name }: Stage): readonly string[] {
  return [
    '#!/bin/sh',
    `# Written by ${module}: ${makes}.`,
    'set -e',
    `cd ${quoted(`${folder}/scripts/${name}`)}`,
  ]
}

/** One script after another. */
function inTurn(run: PlateRun, stage: Stage, groups: readonly ScriptGroup[]): string {
  const lines = groups.flat().map(({ name }) => `./${quoted(`${name}.sh`)}`)
  return `${[...head(run, stage), ...lines].join('\n')}\n`
}

/** An array of jobs for each group, which waits for the one before it. Options of sbatch may be given to the driver. */
function bySlurm(run: PlateRun, stage: Stage, groups: readonly ScriptGroup[]): string {
  const lines = groups.flatMap((group, index) => {
    if (group.length === 0) return []
    const list = group.map(({ name }) => `${name}.sh`).join('\n')
    const wait = index === 0 ? '' : ' ${job:+--dependency=afterok:$job}'
    const body = `sh "$(sed -n "\${SLURM_ARRAY_TASK_ID}p" group${index}.list)"`
    return [
      `cat > group${index}.list <<'END'\n${list}\nEND`,
      `job=$(sbatch --parsable --job-name=${quoted(stage.name)} --array=1-${group.length}${wait} "$@" --wrap ${quoted(body)})`,
      'job=${job%%;*}',
    ]
  })
  return `${[...head(run, stage), ...lines, 'echo "$job"'].join('\n')}\n`
}
