import { MosaicError } from '../errors.ts'

/**
 * Places of the images whose names match one of the patterns: `*` stands for any characters, `?` for one.
 *
 * @throws MosaicError `MOSAIC_BAD_OPTION` for a pattern that no name matches
 */
export function anchoredImages(names: readonly string[], patterns: readonly string[]): ReadonlySet<number> {
  const found = new Set<number>()
  for (const pattern of patterns) {
    const rule = new RegExp(
      `^${pattern
        .replace(/[\\^$.+()|[\]{}]/g, '\\$&')
        .replace(/\*/g, '.*')
        .replace(/\?/g, '.')}$`,
    )
    const places = names.flatMap((name, place) => (rule.test(name) ? [place] : []))
    if (places.length === 0) {
      throw new MosaicError('MOSAIC_BAD_OPTION', 'no image has this name', {
        where: ['--anchor'],
        found: pattern,
        allowed: `${names.slice(0, 3).join(', ')}${names.length > 3 ? ' ...' : ''}`,
      })
    }
    for (const place of places) found.add(place)
  }
  return found
}
