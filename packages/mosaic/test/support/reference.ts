import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import type { TestImage } from './images.ts'

/** Reference results of the ten-image set. */
export const FIXTURES: string = fileURLToPath(new URL('../fixtures/m42-j-10/', import.meta.url))

/** Statistics and samples of an image as the reference files hold them. */
export interface ReferenceImage {
  readonly header: Readonly<Record<string, string | number>>
  readonly finite: number
  readonly sum: number
  readonly min: number
  readonly max: number
  readonly sample_x_from_0: readonly number[]
  readonly sample_y_from_0: readonly number[]
  readonly sample_rows: readonly (readonly (number | null)[])[]
}

/** Reads a reference file: image name to statistics. */
export async function readReference(path: string): Promise<ReadonlyMap<string, ReferenceImage>> {
  // Files of our own making, described in the README beside them.
  const content = JSON.parse(await readFile(path, 'utf8')) as Record<string, ReferenceImage>
  return new Map(Object.entries(content))
}

/** Differences `image - reference` at the sample pixels, with their places; blank pixels must be blank in both. */
export interface SampleDifferences {
  readonly differences: readonly { readonly col: number; readonly row: number; readonly value: number }[]
  /** Sample pixels that are blank in one of the two only. */
  readonly mismatched: number
}

/** Compares an image with the samples of its reference. Both must be on the same grid. */
export function compareSamples(image: TestImage, reference: ReferenceImage): SampleDifferences {
  const differences: { col: number; row: number; value: number }[] = []
  let mismatched = 0
  reference.sample_y_from_0.forEach((row, j) => {
    reference.sample_x_from_0.forEach((col, i) => {
      const expected = reference.sample_rows[j]?.[i] ?? null
      const value = image.data[row * image.width + col] ?? Number.NaN
      if (Number.isNaN(value) !== (expected === null)) mismatched++
      else if (expected !== null) differences.push({ col, row, value: value - expected })
    })
  })
  return { differences, mismatched }
}

/** Root mean square of the differences about the plane that fits them best. */
export function rmsAboutPlane({ differences }: SampleDifferences): number {
  const n = differences.length
  const mean = (pick: (d: { col: number; row: number; value: number }) => number): number =>
    differences.reduce((sum, d) => sum + pick(d), 0) / n
  const cx = mean((d) => d.col)
  const cy = mean((d) => d.row)
  const cv = mean((d) => d.value)
  const xx = mean((d) => (d.col - cx) ** 2)
  const yy = mean((d) => (d.row - cy) ** 2)
  const xy = mean((d) => (d.col - cx) * (d.row - cy))
  const xv = mean((d) => (d.col - cx) * (d.value - cv))
  const yv = mean((d) => (d.row - cy) * (d.value - cv))
  const det = xx * yy - xy * xy
  const a = (xv * yy - yv * xy) / det
  const b = (yv * xx - xv * xy) / det
  return Math.sqrt(mean((d) => (d.value - cv - a * (d.col - cx) - b * (d.row - cy)) ** 2))
}

/** Root mean square of the differences. */
export function rms({ differences }: SampleDifferences): number {
  return Math.sqrt(differences.reduce((sum, d) => sum + d.value ** 2, 0) / differences.length)
}
