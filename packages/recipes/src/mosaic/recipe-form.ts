/** Whose jobs make a mosaic: the engine's, or those of Montage's modules. */
export const RECIPE_FORMS = ['engine', 'montage'] as const
/** One of {@link RECIPE_FORMS}. */
export type RecipeForm = (typeof RECIPE_FORMS)[number]
