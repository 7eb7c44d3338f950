export { RecipeError, type RecipeErrorCode } from './errors.ts'
export {
  ENGINE_JOBS,
  type EngineWorkflowInput,
  engineWorkflow,
  fitJobId,
  projectJobId,
} from './mosaic/engine-workflow.ts'
export type { ModuleContainer } from './mosaic/module-container.ts'
export { modulesOf } from './mosaic/modules-of.ts'
export { derivedFiles, type ImageFiles, MOSAIC_FILES } from './mosaic/mosaic-files.ts'
export { imageList, projectedTable, statusTable } from './mosaic/mosaic-tables.ts'
export {
  type MosaicWorkflowInput,
  mosaicWorkflow,
  RECIPE_BACKGROUNDS,
  RECIPE_COMBINES,
  type RecipeBackground,
  type RecipeCombine,
} from './mosaic/mosaic-workflow.ts'
export { type PlacedSource, type Prediction, predictImages } from './mosaic/predict-images.ts'
export { RECIPE_FORMS, type RecipeForm } from './mosaic/recipe-form.ts'
export { outlineOf, type SourceImage } from './mosaic/source-image.ts'
