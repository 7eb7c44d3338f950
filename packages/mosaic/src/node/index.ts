export { fetchFile } from './archive/fetch-file.ts'
export type { HttpOptions } from './archive/http-get.ts'
export { type ImageSearch, listImages } from './archive/list-images.ts'
export { readSurveys } from './archive/read-surveys.ts'
export { resolveLocation } from './archive/resolve-location.ts'
export type { BackgroundModel } from './background-model.ts'
export { searchCatalog } from './catalog/search-catalog.ts'
export { type FileJob, type MosaicStatistics, readFileFacts, runFileJob } from './file-jobs.ts'
export { findPartners } from './find-partners.ts'
export { makeHips } from './hips/make-hips.ts'
export { isInterruption, makeMosaic, type RemakeOptions, remakeMosaic } from './make-mosaic.ts'
export { type MosaicInput, mosaicInput } from './mosaic-input.ts'
export { type MosaicJobs, mosaicJobs } from './mosaic-jobs.ts'
export {
  inputWithout,
  isSameTemplate,
  type MosaicFacts,
  type MosaicSession,
  reportMosaic,
  startMosaic,
} from './mosaic-session.ts'
export { type OpenRun, openRun } from './open-run.ts'
export { makeOutFolder, PRODUCT_NAMES } from './out-folder.ts'
export { mosaicPlanFile, type PlannedInput, plannedInput } from './plan-file.ts'
export { planMosaic } from './plan-mosaic.ts'
export type { ProjectOutcome } from './project-stage.ts'
export { type ScanOptions, scanImage, scanImages } from './scan-images.ts'
export { type MosaicSettings, resolveSettings } from './settings.ts'
export { openSpillFile, type SpillFile } from './spill-file.ts'
export { productSummary } from './write-products.ts'
