import { type FileTrace, parseCondition, type Registry } from '@skyloom/registry'
import { shortNumber } from '../terminal/output.ts'

/** The plane that was subtracted from a reprojected image: a x + b y + c, pixels from the reference pixel of the mosaic. */
export interface RecordedCorrection {
  readonly lfn: string
  readonly a: number
  readonly b: number
  readonly c: number
}

/** Corrections of the images in a history, in the order of their registration. */
export async function correctionsIn(
  registry: Registry,
  trace: FileTrace,
): Promise<readonly RecordedCorrection[]> {
  const noted = await notedCorrections(registry, trace)
  if (noted.length > 0) return noted
  // Only histories of mosaics load the reader of tables.
  const isMatched = trace.steps.some(({ invocation }) => invocation?.transformation === 'mBgModel')
  return isMatched
    ? await (await import('../mosaic/table-corrections.ts')).tableCorrections(registry, trace)
    : []
}

/** What the engine noted as metadata. */
async function notedCorrections(
  registry: Registry,
  trace: FileTrace,
): Promise<readonly RecordedCorrection[]> {
  const known = await registry.files.metadataNames()
  if (!known.some(({ name }) => name === 'correction_c')) return []
  const inTrace = new Set(trace.files.map(({ id }) => id))
  const corrections: RecordedCorrection[] = []
  for (const runId of new Set(trace.files.flatMap(({ madeBy }) => madeBy?.runId ?? []))) {
    const where = parseCondition('correction_c is not missing')
    for await (const { id, lfn } of registry.files.find({ where, runId })) {
      if (!inTrace.has(id)) continue
      const { metadata } = await registry.files.get(id)
      const number = (name: string): number => Number(metadata[`correction_${name}`])
      corrections.push({ lfn, a: number('a'), b: number('b'), c: number('c') })
    }
  }
  return corrections
}

/** The corrections for people. */
export function* correctionLines(
  corrections: readonly RecordedCorrection[],
): Generator<string, void, undefined> {
  if (corrections.length === 0) return
  yield 'corrections, subtracted (x, y: pixels from the reference pixel of the mosaic):'
  for (const { lfn, a, b, c } of corrections)
    yield `  ${lfn}  ${shortNumber(a)} x + ${shortNumber(b)} y + ${shortNumber(c)}`
}
