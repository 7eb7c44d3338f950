import { MontageError } from '../errors.ts'

/** A plane list of a cube is no longer than this; beyond it a range is a slip of the pen. */
const MAX_PLANES = 10_000_000

/**
 * Planes of a list such as `3,5:9,12`: numbers from 1, ranges with both ends; ascending, each once, as the classic program takes them.
 *
 * @throws MontageError `MONTAGE_BAD_ARGUMENT`
 */
export function readPlaneList(text: string): readonly number[] {
  const planes: number[] = []
  for (const part of text.split(',')) {
    const match = /^\s*(\d+)\s*(?::\s*(\d+)\s*)?$/.exec(part)
    const first = Number(match?.[1])
    const last = Number(match?.[2] ?? match?.[1])
    if (match !== null && last < first)
      throw new MontageError('MONTAGE_BAD_ARGUMENT', 'Range max less than min.', { found: part.trim() })
    if (match === null || first < 1 || planes.length + last - first >= MAX_PLANES)
      throw new MontageError('MONTAGE_BAD_ARGUMENT', `Invalid range string [${part.trim()}].`, {
        found: text,
        allowed: 'planes from 1 and ranges of them: 3,5:9,12',
      })
    for (let plane = first; plane <= last; plane++) planes.push(plane)
  }
  return [...new Set(planes)].sort((a, b) => a - b)
}

/** True when each plane follows the one before it. */
export function isContiguous(planes: readonly number[]): boolean {
  return planes.every((plane, index) => index === 0 || plane === (planes[index - 1] ?? 0) + 1)
}
