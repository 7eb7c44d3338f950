import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { seededRandom } from '../../../../testing/seeded-random.ts'
import { type TanGrid, writeTestImage } from './images.ts'

/** Normal random numbers with mean 0 and standard deviation 1 (Box & Muller 1958). */
export function normalNumbers(seed: number): () => number {
  const random = seededRandom(seed)
  return () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
}

/** Images of one field: each with its own shift, turn and noise. */
export interface NoisyField {
  readonly count: number
  readonly side: number
  readonly scaleDeg: number
  /** Standard deviation of the noise of a pixel. */
  readonly sigma: (image: number, col: number, row: number) => number
  /** Turn of each image, degrees; default 3 for each image before it. */
  readonly turnDeg?: (image: number) => number
  /** True value of a pixel; default 0. */
  readonly value?: (image: number, col: number, row: number) => number
}

/** Pixel grid of one of the images of a field: shifted by parts of a pixel. */
export function fieldGrid({ side, scaleDeg, turnDeg = (k) => 3 * k }: NoisyField, image: number): TanGrid {
  const random = seededRandom(1000 + image)
  return {
    width: side,
    height: side,
    lonDeg: 150,
    latDeg: 20,
    scaleDeg,
    crpix1: (side + 1) / 2 + 3 * (random() - 0.5),
    crpix2: (side + 1) / 2 + 3 * (random() - 0.5),
    rotationDeg: turnDeg(image),
  }
}

/** Writes images to `raw` and their variances, with the same names, to `variance`. The noise depends on the seed. */
export async function writeNoisyField(folder: string, field: NoisyField, seed: number): Promise<void> {
  await mkdir(join(folder, 'raw'), { recursive: true })
  await mkdir(join(folder, 'variance'), { recursive: true })
  const { sigma, value = () => 0 } = field
  for (let image = 0; image < field.count; image++) {
    const normal = normalNumbers(7919 * seed + image)
    const grid = fieldGrid(field, image)
    const name = `i${String(image).padStart(2, '0')}.fits`
    await writeTestImage(
      join(folder, 'raw'),
      name,
      grid,
      (col, row) => value(image, col, row) + sigma(image, col, row) * normal(),
      (header) => header.set('BUNIT', 'adu'),
    )
    await writeTestImage(join(folder, 'variance'), name, grid, (col, row) => sigma(image, col, row) ** 2)
  }
}
