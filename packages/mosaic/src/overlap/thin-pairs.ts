import { connectedGroups } from '../background/groups.ts'

/** Images of a survey have up to so many neighbours, all of which are used; more lie over each other in deep stacks only. */
const MAX_PARTNERS = 32

/**
 * Pairs that suffice to match the backgrounds of images. Where more than 32 images lie over one, their pairs would grow with the square of their
 * number: of such an image only the pairs with those 1, 2, 4, 8 ... places before and behind it among its partners are taken, unless
 * the partner has few. What all pairs link stays linked.
 *
 * @param pairs in the order of (plus, minus)
 */
export function thinPairs<Pair extends { readonly plus: number; readonly minus: number }>(
  pairs: readonly Pair[],
  imageCount: number,
): readonly Pair[] {
  const partners: number[][] = Array.from({ length: imageCount }, () => [])
  for (const { plus, minus } of pairs) {
    partners[plus]?.push(minus)
    partners[minus]?.push(plus)
  }
  const wanted = partners.map((others, image) => wantedOf(others, image))
  const isWanted = ({ plus, minus }: Pair): boolean =>
    wanted[plus]?.has(minus) === true || wanted[minus]?.has(plus) === true
  const kept = pairs.filter(isWanted)
  if (kept.length === pairs.length) return pairs
  return [...kept, ...missingLinks(pairs, kept, imageCount)].sort(
    (p, q) => p.plus - q.plus || p.minus - q.minus,
  )
}

function wantedOf(others: readonly number[], image: number): ReadonlySet<number> {
  if (others.length <= MAX_PARTNERS) return new Set(others)
  const sorted = others.toSorted((a, b) => a - b)
  const before = sorted.filter((other) => other < image).reverse()
  const behind = sorted.filter((other) => other > image)
  const chosen = (side: readonly number[]): readonly number[] =>
    side.filter((_, index) => Number.isInteger(Math.log2(index + 1)))
  return new Set([...chosen(before), ...chosen(behind)])
}

/** Pairs that join groups which those that were kept leave apart. */
function missingLinks<Pair extends { readonly plus: number; readonly minus: number }>(
  pairs: readonly Pair[],
  kept: readonly Pair[],
  imageCount: number,
): readonly Pair[] {
  const links: Pair[] = []
  for (
    let groups = connectedGroups(imageCount, kept);
    ;
    groups = connectedGroups(imageCount, [...kept, ...links])
  ) {
    const link = pairs.find(({ plus, minus }) => groups[plus] !== groups[minus])
    if (link === undefined) return links
    links.push(link)
  }
}
