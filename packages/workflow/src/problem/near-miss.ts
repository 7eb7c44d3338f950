/** Longest text for which near misses are searched. */
const MAX_CHARS = 64

/**
 * The candidate that was probably meant, `undefined` when none is close: one that differs by case or marks only, else
 * the one with the fewest edits, at most a third of its length.
 */
export function nearMiss(text: string, candidates: Iterable<string>): string | undefined {
  if (text.length === 0 || text.length > MAX_CHARS) return undefined
  const folded = fold(text)
  let best: string | undefined
  let bestEdits = Number.POSITIVE_INFINITY
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - text.length) > MAX_CHARS / 2) continue
    if (fold(candidate) === folded) return candidate
    const allowed = candidate.length < 3 ? 0 : Math.floor(candidate.length / 3)
    const edits = isStart(candidate, text) ? 1 : editDistance(folded, fold(candidate), allowed)
    if (edits <= allowed && edits < bestEdits) {
      best = candidate
      bestEdits = edits
    }
  }
  return best
}

function fold(text: string): string {
  return text.toLowerCase().replaceAll(/[-_. ]/g, '')
}

/** True for an abbreviation of at least two letters, such as `in` for `input`. */
function isStart(candidate: string, text: string): boolean {
  return (
    text.length >= 2 &&
    text.length < candidate.length &&
    candidate.toLowerCase().startsWith(text.toLowerCase())
  )
}

/** Edits (insert, delete, replace, swap of neighbours) between two texts, at most `limit + 1`. */
function editDistance(a: string, b: string, limit: number): number {
  if (Math.abs(a.length - b.length) > limit) return limit + 1
  let before: number[] = []
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1
      let value = Math.min((row[j - 1] ?? 0) + 1, (previous[j] ?? 0) + 1, (previous[j - 1] ?? 0) + cost)
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]
      if (isSwap) value = Math.min(value, (before[j - 2] ?? 0) + 1)
      row.push(value)
    }
    before = previous
    previous = row
  }
  return previous[b.length] ?? limit + 1
}
