import { randomBytes } from 'node:crypto'
import { mkdir, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import * as z from 'zod'
import { RunnerError } from '../errors.ts'

/** Folder of wishes in the directory of a run. */
const CONTROL_FOLDER = 'control'

const WISHES = ['pause', 'cancel', 'hold', 'release', 'cancel-job'] as const

const wish = z.object({
  op: z.enum(WISHES),
  job: z.string().optional(),
  reason: z.string(),
})

/** What a person asks of a run. Wishes are files, so that one may be left while no engine runs. */
export interface Wish {
  readonly op: (typeof WISHES)[number]
  readonly job?: string | undefined
  readonly reason: string
}

/** Leaves a wish for the engine of a run; it is taken within a quarter of a second, or when the run is resumed. */
export async function leaveWish(runDir: string, asked: Wish): Promise<void> {
  const folder = join(runDir, CONTROL_FOLDER)
  await mkdir(folder, { recursive: true })
  // Names rise with time, so that wishes are taken in order.
  const name = `${String(Date.now()).padStart(15, '0')}-${randomBytes(4).toString('hex')}`
  await writeFile(join(folder, `.${name}`), JSON.stringify(asked))
  await rename(join(folder, `.${name}`), join(folder, `${name}.json`))
}

/** A wish with the file that holds it. */
export interface LeftWish {
  readonly wish: Wish
  readonly path: string
}

/** Wishes that were left, oldest first. They stay until {@link forgetWishes}. */
export async function readWishes(runDir: string): Promise<readonly LeftWish[]> {
  const folder = join(runDir, CONTROL_FOLDER)
  const names = await readdir(folder).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return []
    throw error
  })
  const wishes: LeftWish[] = []
  for (const name of names.filter((candidate) => /^\d.*\.json$/.test(candidate)).sort()) {
    const path = join(folder, name)
    const parsed = wish.safeParse(JSON.parse(await readFile(path, 'utf8')))
    if (!parsed.success) {
      throw new RunnerError('RUNNER_BAD_RECORD', 'a wish for the run cannot be read', {
        where: [path],
        found: z.prettifyError(parsed.error),
        remedy: 'remove the file',
      })
    }
    wishes.push({ wish: parsed.data, path })
  }
  return wishes
}

/** Removes wishes whose events are stored. */
export async function forgetWishes(wishes: readonly LeftWish[]): Promise<void> {
  for (const { path } of wishes) await rm(path, { force: true })
}
