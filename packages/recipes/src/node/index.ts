export type { PixelOptions } from './engine-contents.ts'
export {
  type EngineAnswer,
  type EngineFunction,
  type EngineFunctions,
  engineFunctions,
} from './engine-functions.ts'
export { type ImageSource, type SkyArea } from './find-images.ts'
export { type EngineRunPlace, planEngineRun } from './plan-engine-run.ts'
export { type MosaicRequest, type MosaicWorkflowSummary, planMosaicWorkflow } from './plan-mosaic-workflow.ts'
