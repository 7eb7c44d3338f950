export { type ImageSource, type SkyArea } from './find-images.ts'
export { type MosaicRequest, type MosaicWorkflowSummary, planMosaicWorkflow } from './plan-mosaic-workflow.ts'
export { type WorkflowFilesInput, writeMosaicWorkflow } from './write-mosaic-workflow.ts'
