import { type FileJob, runFileJob } from '@skyloom/mosaic/node'
import { MontageError } from '../errors.ts'
import { MOSAIC_JOBS, MOSAIC_WORD } from './mosaic-word.ts'

/**
 * Does a job of the mosaic engine on the files of a folder: `MODULE --mosaic PLAN JOB`, where a job is `image_N`, `pair_N_M`, `model`, `add`,
 * `picture` or `tables`. In place of the arithmetic and the rounded tables of the classic module it has those of the engine.
 *
 * @param memoryBytes memory for its pixels; default half of the machine's
 * @throws MontageError `MONTAGE_BAD_ARGUMENT` for a job that this module does not do
 */
export async function mosaicJob(
  name: string,
  args: readonly string[],
  folder: string,
  memoryBytes?: number,
): Promise<void> {
  const [, plan = '', id = ''] = args
  const job = jobOf(id)
  if (args.length !== 3 || job === undefined || MOSAIC_JOBS.get(name)?.has(job.kind) !== true) {
    throw new MontageError('MONTAGE_BAD_ARGUMENT', `${MOSAIC_WORD} needs a plan and a job of this module`, {
      found: args.slice(1).join(' '),
      allowed: [...(MOSAIC_JOBS.get(name) ?? [])].join(', '),
    })
  }
  await runFileJob({ folder, plan, job, memoryBytes })
}

function jobOf(id: string): FileJob['job'] | undefined {
  const [, image] = /^image_(\d+)$/.exec(id) ?? []
  if (image !== undefined) return { kind: 'image', image: Number(image) }
  const [, plus, minus] = /^pair_(\d+)_(\d+)$/.exec(id) ?? []
  if (plus !== undefined && minus !== undefined)
    return { kind: 'pair', plus: Number(plus), minus: Number(minus) }
  return id === 'model' || id === 'add' || id === 'picture' || id === 'tables' ? { kind: id } : undefined
}
