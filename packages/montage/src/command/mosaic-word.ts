/** First word of the arguments of a module that works as a part of the mosaic engine. */
export const MOSAIC_WORD = '--mosaic'

/** Kinds of jobs of the mosaic engine that a module does. */
export const MOSAIC_JOBS: ReadonlyMap<string, ReadonlySet<string>> = new Map([
  ['mProject', new Set(['image'])],
  ['mDiffFit', new Set(['pair'])],
  ['mBgModel', new Set(['model', 'tables'])],
  ['mAdd', new Set(['add'])],
  ['mViewer', new Set(['picture'])],
])

/** True for arguments with which a module is to do a job of the mosaic engine. */
export function isMosaicJob(name: string, args: readonly string[]): boolean {
  return args[0] === MOSAIC_WORD && MOSAIC_JOBS.has(name)
}
