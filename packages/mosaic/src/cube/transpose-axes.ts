/** Arrays that keep their type when they are transposed. */
type Pixels = ArrayLike<number | bigint> & { readonly [index: number]: number | bigint }

/** What a transposition writes to. */
interface WritablePixels {
  [index: number]: number | bigint
}

/**
 * Writes the pixels of a box with its axes in another order.
 *
 * @param data pixels, first axis fastest
 * @param size length along each axis of `data`, first axis first
 * @param order `order[k]` is the axis of `data` (from 0) that becomes axis k
 * @param out filled; as long as `data`
 */
export function transposeAxesInto(
  out: WritablePixels,
  data: Pixels,
  size: readonly number[],
  order: readonly number[],
): void {
  const strides: number[] = []
  size.reduce((stride, length) => {
    strides.push(stride)
    return stride * length
  }, 1)
  const lengths = order.map((axis) => size[axis] ?? 1)
  const steps = order.map((axis) => strides[axis] ?? 0)
  const [runLength = 1, ...outerLengths] = lengths
  const [runStep = 0, ...outerSteps] = steps
  const index = outerLengths.map(() => 0)
  let from = 0
  for (let to = 0; to < data.length; ) {
    for (let i = 0, at = from; i < runLength; i++, at += runStep) out[to++] = data[at]!
    for (let axis = 0; axis < outerLengths.length; axis++) {
      from += outerSteps[axis] ?? 0
      const next = (index[axis] ?? 0) + 1
      if (next < (outerLengths[axis] ?? 1)) {
        index[axis] = next
        break
      }
      from -= next * (outerSteps[axis] ?? 0)
      index[axis] = 0
    }
  }
}
