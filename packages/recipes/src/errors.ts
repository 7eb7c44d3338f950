import { SkyloomError } from '@skyloom/base'

/** Codes of errors that the recipes raise themselves. */
export type RecipeErrorCode =
  /** What was asked for does not say where, or says it twice. */
  | 'RECIPE_BAD_OPTION'
  /** The archive has no image there, or none lies on the template. */
  | 'RECIPE_NO_IMAGES'
  /** The folder of the workflow holds something else. */
  | 'RECIPE_FOLDER_IN_USE'
  /** A damaged image took part in the template: the mosaic is planned again without it. */
  | 'RECIPE_BEGIN_AGAIN'

/** Error of a recipe. */
export class RecipeError extends SkyloomError<RecipeErrorCode> {
  override readonly name = 'RecipeError'
}
