import { throwIfAborted } from '@skyloom/base'
import type { CodecKernels } from '@skyloom/kernels'
import { FitsError } from '../errors.ts'
import type { Hdu } from '../hdu/hdu.ts'
import { type DecodePixels, pixelDecoder } from './decode.ts'
import { withKernels } from './kernel-pool.ts'
import type { PixelArray } from './pixel-array.ts'
import { hduLocation, type PixelBox } from './region.ts'
import type { PixelScaling } from './scaling.ts'

/** Pixels that stand side by side in the file and in the output. Offsets in pixels from the first of each. */
interface Run {
  readonly from: number
  readonly to: number
  readonly count: number
}

/** Bytes read and decoded at once: small enough to stay in the second-level cache, large enough for a system call. */
const SPAN_BYTES = 512 * 1024

/** Gaps up to this size are read and thrown away, because another read would cost more. */
const MAX_GAP_BYTES = 4096

/** Largest count of bytes that a decoded pixel takes. */
const MAX_OUT_BYTES = 8

/**
 * Fills `out` with the pixels of a box, reading only their bytes (and small gaps between).
 *
 * @throws FitsError `FITS_TRUNCATED` when the file ends before the last of them; nothing is read then
 */
export async function readBoxInto(
  out: PixelArray,
  hdu: Hdu,
  box: PixelBox,
  scaling: PixelScaling,
  as: 'float32' | 'float64' | 'native',
  signal: AbortSignal | undefined,
): Promise<void> {
  const decode = pixelDecoder(hdu.bitpix, scaling, as)
  const maxCount = (SPAN_BYTES * 8) / Math.abs(hdu.bitpix)
  const runs = boxRuns(hdu.shape.toReversed(), box, maxCount)
  await withKernels((kernels) => readRuns(kernels, hdu, runs, decode, out, signal))
}

/**
 * Checks that the file holds every pixel of a box.
 *
 * @throws FitsError `FITS_TRUNCATED`
 */
export function checkBoxInFile(hdu: Hdu, box: PixelBox): void {
  const axes = hdu.shape.toReversed()
  let last = 0
  let stride = 1
  axes.forEach((length, axis) => {
    last += ((box.start[axis] ?? 0) + (box.size[axis] ?? 1) - 1) * stride
    stride *= length
  })
  const endOffset = hdu.dataOffset + ((last + 1) * Math.abs(hdu.bitpix)) / 8
  if (endOffset > hdu.source.sizeBytes) throw truncated(hdu, endOffset)
}

function truncated(hdu: Hdu, neededBytes: number): FitsError {
  const location = { ...hduLocation(hdu), byteOffset: hdu.source.sizeBytes }
  return new FitsError('FITS_TRUNCATED', location, 'the file ends inside the data', {
    found: `${hdu.source.sizeBytes} bytes`,
    allowed: `at least ${neededBytes} bytes`,
    remedy: 'fetch the file again',
  })
}

/** The runs of a box in order of the file, none longer than `maxCount`. Leading axes that are taken whole are one run. */
function* boxRuns(axes: readonly number[], box: PixelBox, maxCount: number): Generator<Run, void, undefined> {
  const strides: number[] = []
  axes.reduce((stride, length) => {
    strides.push(stride)
    return stride * length
  }, 1)
  let runAxes = 1
  let runLength = box.size[0] ?? 1
  while (runAxes < axes.length && runLength === strides[runAxes]) runLength *= box.size[runAxes++] ?? 1
  const outer = box.size.slice(runAxes, axes.length)
  const index = outer.map(() => 0)
  const base = box.start.reduce((offset, first, axis) => offset + first * (strides[axis] ?? 0), 0)
  for (let to = 0; ; to += runLength) {
    const shift = index.reduce((offset, at, axis) => offset + at * (strides[axis + runAxes] ?? 0), 0)
    for (let done = 0; done < runLength; done += maxCount) {
      yield { from: base + shift + done, to: to + done, count: Math.min(maxCount, runLength - done) }
    }
    if (!advance(index, outer)) return
  }
}

/** Counts up an index over several axes, the first fastest; false after the last. */
function advance(index: number[], lengths: readonly number[]): boolean {
  for (let axis = 0; axis < lengths.length; axis++) {
    const next = (index[axis] ?? 0) + 1
    index[axis] = next
    if (next < (lengths[axis] ?? 0)) return true
    index[axis] = 0
  }
  return false
}

/** Neighbouring runs that are read together. Offsets in pixels from the first of the image. */
interface Span {
  readonly first: number
  readonly end: number
  readonly runs: readonly Run[]
}

function* spansOf(runs: Iterable<Run>, pixelBytes: number): Generator<Span, void, undefined> {
  let members: Run[] = []
  let first = 0
  let end = 0
  for (const run of runs) {
    const isFar = (run.from - end) * pixelBytes > MAX_GAP_BYTES
    const isFull = (run.from + run.count - first) * pixelBytes > SPAN_BYTES
    if (members.length > 0 && (isFar || isFull)) {
      yield { first, end, runs: members }
      members = []
    }
    if (members.length === 0) first = run.from
    members.push(run)
    end = run.from + run.count
  }
  if (members.length > 0) yield { first, end, runs: members }
}

/** Reads span after span into two buffers in turn: while one is decoded the next is on its way. */
async function readRuns(
  kernels: CodecKernels,
  hdu: Hdu,
  runs: Iterable<Run>,
  decode: DecodePixels,
  out: PixelArray,
  signal: AbortSignal | undefined,
): Promise<void> {
  const pixelBytes = Math.abs(hdu.bitpix) / 8
  const memory = kernels.reserve(2 * SPAN_BYTES + (SPAN_BYTES / pixelBytes) * MAX_OUT_BYTES)
  const scratch = memory + 2 * SPAN_BYTES
  const load = async (span: Span, buffer: number): Promise<void> => {
    const length = (span.end - span.first) * pixelBytes
    const count = await hdu.source.readInto(
      kernels.u8(buffer, length),
      hdu.dataOffset + span.first * pixelBytes,
      signal,
    )
    if (count < length) throw truncated(hdu, hdu.dataOffset + span.end * pixelBytes)
  }
  const spans = spansOf(runs, pixelBytes)
  let span = spans.next().value
  let buffer = memory
  let loading = span === undefined ? undefined : load(span, buffer)
  while (span !== undefined) {
    await loading
    throwIfAborted(signal)
    const next = spans.next().value
    const nextBuffer = buffer === memory ? memory + SPAN_BYTES : memory
    loading = next === undefined ? undefined : load(next, nextBuffer)
    // Its failure is met by the await of the next turn; until then it must not count as unhandled.
    loading?.catch(() => undefined)
    for (const run of span.runs) {
      decode(kernels, buffer + (run.from - span.first) * pixelBytes, scratch, run.count, out, run.to)
    }
    span = next
    buffer = nextBuffer
  }
}
