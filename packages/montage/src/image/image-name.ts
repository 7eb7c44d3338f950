import { MontageError } from '../errors.ts'

/** A file name with the HDU and the planes that brackets behind it choose. */
export interface ImageName {
  readonly path: string
  /** From 0. */
  readonly hdu: number
  /** Planes of the third and further axes, from 1. */
  readonly planes: readonly number[]
}

/**
 * Takes `name.fits[hdu][plane3][plane4]` apart; without brackets the HDU is 0 and no plane is chosen.
 *
 * @throws MontageError `MONTAGE_BAD_ARGUMENT` for brackets that hold no whole number
 */
export function parseImageName(name: string): ImageName {
  const match = /^(.*?)((?:\[[^[\]]*\])*)$/.exec(name)
  const words = [...(match?.[2] ?? '').matchAll(/\[([^\]]*)\]/g)].map(([, word = '']) => word)
  const bad = words.find((word, index) => !/^\d+$/.test(word) || (index > 0 && Number(word) < 1))
  if (bad !== undefined)
    throw new MontageError('MONTAGE_BAD_ARGUMENT', `Invalid image name ${name}`, {
      found: `[${bad}]`,
      allowed: 'the number of an HDU from 0, then of planes from 1',
    })
  const [hdu = 0, ...planes] = words.map(Number)
  return { path: match?.[1] ?? name, hdu, planes }
}

/** Index from 0 of the plane that the numbers choose, over all axes beyond the second; undefined when there is no such plane. */
export function planeIndex(planes: readonly number[], shape: readonly number[]): number | undefined {
  const lengths = shape.slice(0, -2).toReversed()
  let [index, step] = [0, 1]
  for (const [axis, plane] of planes.entries()) {
    const length = lengths[axis] ?? 1
    if (plane > length) return undefined
    index += (plane - 1) * step
    step *= length
  }
  return index
}
