import type { ModuleManual } from '../command/manual.ts'
import type { HistogramResult } from './histogram.ts'

export const VIEWER_MANUAL: ModuleManual = { description: '', options: [], operands: [], example: [] }
export const HISTOGRAM_MANUAL: ModuleManual<keyof HistogramResult> = VIEWER_MANUAL
export const COMBINE_MANUAL: ModuleManual<keyof HistogramResult> = VIEWER_MANUAL
