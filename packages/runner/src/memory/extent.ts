/** Consecutive bytes of a shared buffer. */
export interface Extent {
  /** Names it in messages: a buffer that was sent is another object for the receiver. */
  readonly id: number
  readonly buffer: SharedArrayBuffer
  readonly offset: number
  readonly length: number
}

/** Content of a logical file as threads of this process read it. */
export type FileContent =
  | { readonly kind: 'memory'; readonly sizeBytes: number; readonly extents: readonly Extent[] }
  | { readonly kind: 'disk'; readonly sizeBytes: number; readonly path: string }

/** The bytes of a file in memory, piece by piece, in place. */
export function* piecesOf(extents: readonly Extent[], sizeBytes: number): Generator<Uint8Array> {
  let left = sizeBytes
  for (const { buffer, offset, length } of extents) {
    if (left === 0) return
    const count = Math.min(left, length)
    yield new Uint8Array(buffer, offset, count)
    left -= count
  }
}

/** Bytes of a file in memory from a place on, into a target. @returns how many, fewer only at its end */
export function readExtents(
  extents: readonly Extent[],
  sizeBytes: number,
  target: Uint8Array,
  from: number,
): number {
  const wanted = Math.max(0, Math.min(target.length, sizeBytes - from))
  let start = 0
  let count = 0
  for (const { buffer, offset, length } of extents) {
    if (count === wanted) break
    const inside = from + count - start
    if (inside < length) {
      const part = Math.min(wanted - count, length - inside)
      target.set(new Uint8Array(buffer, offset + inside, part), count)
      count += part
    }
    start += length
  }
  return count
}

/** Overwrites bytes of extents from a place on. */
export function writeExtents(extents: readonly Extent[], bytes: Uint8Array, to: number): void {
  let start = 0
  let count = 0
  for (const { buffer, offset, length } of extents) {
    if (count === bytes.length) return
    const inside = to + count - start
    if (inside < length) {
      const part = Math.min(bytes.length - count, length - inside)
      new Uint8Array(buffer, offset + inside, part).set(bytes.subarray(count, count + part))
      count += part
    }
    start += length
  }
}
