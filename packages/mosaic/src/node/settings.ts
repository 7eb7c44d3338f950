import { availableParallelism, totalmem } from 'node:os'
import { systemClock } from '@skyloom/base'
import { COMBINE_METHODS } from '../add/combine.ts'
import { BACKGROUND_MODES } from '../background/solve.ts'
import { BACKGROUND_SOLVERS } from '../background/solve-by.ts'
import { badOption, checkWord } from '../make/bad-option.ts'
import type { MosaicOptions } from '../make/options.ts'
import { STORAGES } from '../product/product-storage.ts'
import { CONSERVED, PROJECT_METHODS } from '../project/project-method.ts'
import { type QualitySettings, resolveQuality } from './quality-settings.ts'

/** Options with every default filled in. */
export type MosaicSettings = {
  readonly [Name in DefaultedOption]: NonNullable<MosaicOptions[Name]>
} & QualitySettings

type DefaultedOption =
  | 'hdu'
  | 'method'
  | 'pixfrac'
  | 'conserve'
  | 'background'
  | 'solver'
  | 'anchors'
  | 'combine'
  | 'isExactSize'
  | 'isFloat64'
  | 'compress'
  | 'quantize'
  | 'threads'
  | 'memoryBytes'
  | 'overwrite'
  | 'template'
  | 'clock'

/** Below this the runtime and one image of an ordinary survey do not fit. */
const MIN_MEMORY_BYTES = 64 * 1024 * 1024
const MAX_THREADS = 256

/**
 * Fills in defaults and checks what the types cannot.
 *
 * @throws MosaicError `MOSAIC_BAD_OPTION`
 */
export function resolveSettings(options: MosaicOptions): MosaicSettings {
  const settings = {
    hdu: options.hdu ?? 'first',
    method: options.method ?? 'area',
    pixfrac: options.pixfrac ?? 0.8,
    conserve: options.conserve ?? 'auto',
    background: options.background ?? 'plane',
    solver: options.solver ?? 'direct',
    anchors: options.anchors ?? [],
    combine: options.combine ?? (hasWeights(options) ? 'weighted' : 'mean'),
    isExactSize: options.isExactSize ?? false,
    isFloat64: options.isFloat64 ?? false,
    compress: options.compress ?? 'none',
    quantize: options.quantize ?? 4,
    threads: options.threads ?? Math.min(MAX_THREADS, availableParallelism()),
    memoryBytes: options.memoryBytes ?? Math.floor(totalmem() / 2),
    overwrite: options.overwrite ?? false,
    template: options.template ?? {},
    clock: options.clock ?? systemClock,
    ...resolveQuality(options),
  }
  checkWord('method', settings.method, PROJECT_METHODS)
  checkWord('conserve', settings.conserve, CONSERVED)
  if (!(settings.pixfrac > 0 && settings.pixfrac <= 1))
    throw badOption('pixfrac', String(settings.pixfrac), 'above 0, at most 1')
  checkWord('compress', settings.compress, STORAGES)
  if (!(settings.quantize > 0)) throw badOption('quantize', String(settings.quantize), 'above 0')
  checkWord('background', settings.background, BACKGROUND_MODES)
  checkWord('solver', settings.solver, BACKGROUND_SOLVERS)
  checkWord('combine', settings.combine, COMBINE_METHODS)
  if (!(Number.isInteger(settings.threads) && settings.threads >= 1 && settings.threads <= MAX_THREADS)) {
    throw badOption('jobs', String(settings.threads), `1 to ${MAX_THREADS}`)
  }
  if (!(settings.memoryBytes >= MIN_MEMORY_BYTES)) {
    throw badOption('memory', `${settings.memoryBytes} bytes`, `at least ${MIN_MEMORY_BYTES} bytes`)
  }
  return settings
}

/** Weights that are given are used. */
function hasWeights({ quality }: MosaicOptions): boolean {
  return quality?.weight !== undefined || quality?.variance !== undefined
}
