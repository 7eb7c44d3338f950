import { readFile, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { extraName, JOB_FILES, type MosaicPlanFile, type RejectedImage } from '@skyloom/mosaic'
import {
  inputWithout,
  isSameTemplate,
  type MosaicFacts,
  type MosaicInput,
  type MosaicSession,
  PRODUCT_NAMES,
  productSummary,
  readFileFacts,
} from '@skyloom/mosaic/node'
import type { Registry } from '@skyloom/registry'
import { runPlan } from '@skyloom/runner'
import { stopped } from './stopped.ts'

/** Outcome of a run: what the report needs, or the images without which the mosaic begins again. */
export type RunOutcome =
  | { readonly runId: string; readonly facts: MosaicFacts }
  | { readonly damaged: readonly RejectedImage[] }

/**
 * Runs the workflow of the mosaic engine as processes of Montage modules on files, which are removed when the products are there.
 *
 * @param before images that were found damaged by earlier runs
 */
export async function runOnFiles(
  registry: Registry,
  session: MosaicSession,
  input: MosaicInput,
  runDir: string,
  before: readonly RejectedImage[],
): Promise<RunOutcome> {
  const { options, settings } = session
  const result = await runPlan(registry.runs, runDir, {
    cores: settings.threads,
    policy: { onFailure: 'stop' },
    signal: options.signal,
    cancelOnStop: true,
  })
  if (result.status !== 'succeeded') throw await stopped(registry, result, runDir)
  const plan = JSON.parse(await readFile(join(runDir, 'inputs', JOB_FILES.plan), 'utf8')) as MosaicPlanFile
  const scratch = join(runDir, 'scratch')
  const { outcomes, model, added } = await readFileFacts(scratch, plan, input)
  const of = (kind: 'damaged' | 'outside'): readonly RejectedImage[] =>
    outcomes.flatMap((outcome) => (outcome.kind === kind ? [outcome.reason] : []))
  const damaged = [...before, ...of('damaged')]
  if (damaged.length > before.length && !isSameTemplate(input, await inputWithout(session, damaged)))
    return { damaged }
  const names = [...PRODUCT_NAMES.filter((name) => name !== 'report.html'), ...settings.planes.map(extraName)]
  const products = await Promise.all(names.map(async (name) => await productSummary(options.outDir, name)))
  const png = await readFile(join(options.outDir, 'mosaic.png'))
  await rm(scratch, { recursive: true, force: true })
  const facts = { input, model, added, png, damaged, outside: of('outside'), products, spilledBytes: 0 }
  return { runId: result.runId, facts }
}
