import { resolveSettings } from '@skyloom/mosaic/node'
import { RecipeError } from '../errors.ts'
import { RECIPE_COMBINES, type RecipeBackground, type RecipeCombine } from '../mosaic/mosaic-workflow.ts'
import type { PixelOptions } from './engine-contents.ts'

/** Options that the chain of Montage's modules has. */
const OWN: ReadonlySet<string> = new Set<keyof PixelOptions>(['background', 'combine'])

/**
 * What of the options the chain of Montage's modules does.
 *
 * @throws RecipeError `RECIPE_BAD_OPTION` for options that it does not have
 */
export function montagePixels(pixels: PixelOptions): {
  readonly background: RecipeBackground
  readonly combine: RecipeCombine
} {
  const { background = 'plane', combine = 'mean' } = pixels
  const defaults = new Map<string, unknown>(Object.entries(resolveSettings({ imagesDir: '', outDir: '' })))
  const others = Object.entries(pixels).flatMap(([name, value]) =>
    OWN.has(name) || isNothing(value) || value === defaults.get(name) ? [] : [name],
  )
  if (others.length > 0)
    throw new RecipeError('RECIPE_BAD_OPTION', 'the chain of the Montage modules cannot do this', {
      found: others.join(', '),
      allowed: [...OWN].join(', '),
      remedy: 'leave --modules out',
    })
  const known = RECIPE_COMBINES.find((name) => name === combine)
  if (known !== undefined) return { background, combine: known }
  throw new RecipeError(
    'RECIPE_BAD_OPTION',
    'the chain of the Montage modules has no such way of combining',
    {
      where: ['--combine'],
      found: combine,
      allowed: RECIPE_COMBINES.join(', '),
    },
  )
}

/** Undefined, or an object that says nothing. */
function isNothing(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return value === undefined
  return Object.values(value).every(isNothing)
}
