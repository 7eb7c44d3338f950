import { createPixelMemory, pixelKernels } from '@skyloom/kernels'
import { type Wcs, wcsFromKeywords } from '@skyloom/wcs'
import { describe, expect, test } from 'vitest'
import {
  AREA_SCRATCH_BYTES,
  CORNER_BYTES,
  isFluxPerPixel,
  PROJECT_METHODS,
  type ProjectMethod,
  projectBy,
} from '../src/index.ts'

const SIDE = 96
const OUT = 80

function tan(crpix: number, scaleDeg: number, turnDeg: number, size: number): Wcs {
  const turn = (turnDeg * Math.PI) / 180
  const cards: Record<string, string | number> = {
    NAXIS: 2,
    NAXIS1: size,
    NAXIS2: size,
    CTYPE1: 'RA---TAN',
    CTYPE2: 'DEC--TAN',
    CRVAL1: 83.8,
    CRVAL2: -5.4,
    CRPIX1: crpix,
    CRPIX2: crpix,
    CD1_1: -scaleDeg * Math.cos(turn),
    CD1_2: scaleDeg * Math.sin(turn),
    CD2_1: scaleDeg * Math.sin(turn),
    CD2_2: scaleDeg * Math.cos(turn),
  }
  const source = new Map(Object.entries(cards))
  return wcsFromKeywords((keyword) => source.get(keyword))
}

const imageWcs = tan(48.5, 3e-4, 25, SIDE)
/** Pixels of the template have 1.44 times the area of those of the image. */
const templateWcs = tan(40.5, 3.6e-4, 0, OUT)

/** Single pixels stand for 1.44 each with `nearest`; drops smaller than the pixels weight the image unevenly. */
function fluxTolerance(method: ProjectMethod): number {
  return method === 'nearest' ? 0.05 : method === 'drizzle' ? 0.02 : 0.002
}

/** Reprojects a made-up image. */
async function project(
  pixel: (col: number, row: number) => number,
  method: ProjectMethod,
  isFlux = false,
): Promise<{ readonly values: Float32Array; readonly coverage: Float32Array }> {
  const memory = createPixelMemory({ maximumBytes: 2 ** 26, shared: false })
  const imageAt = memory.alloc(4 * SIDE * SIDE)
  const [valueAt, coverageAt] = [memory.alloc(4 * OUT * OUT), memory.alloc(4 * OUT * OUT)]
  const gridBytes = 1 << 16
  const scratch = {
    cornersAt: memory.alloc(CORNER_BYTES),
    gridAt: memory.alloc(gridBytes),
    areaAt: memory.alloc(AREA_SCRATCH_BYTES),
    areaBytes: AREA_SCRATCH_BYTES,
    gridBytes,
  }
  const data = memory.f32(imageAt, SIDE * SIDE)
  for (let k = 0; k < data.length; k++) data[k] = pixel(k % SIDE, Math.floor(k / SIDE))
  const plane = (at: number) => ({ at, width: OUT, height: OUT, stride: OUT })
  await projectBy(
    memory,
    pixelKernels(memory),
    {
      plane: { at: imageAt, width: SIDE, height: SIDE, stride: SIDE },
      col: 0,
      row: 0,
      weightAt: 0,
    },
    { method, imageWcs, templateWcs, boundPx: 1e-4, pixfrac: 0.6, isFlux },
    {
      region: { col: 0, row: 0, width: OUT, height: OUT },
      value: plane(valueAt),
      coverage: plane(coverageAt),
    },
    scratch,
    () => undefined,
  )
  return {
    values: memory.f32(valueAt, OUT * OUT).slice(),
    coverage: memory.f32(coverageAt, OUT * OUT).slice(),
  }
}

/** A star of this width at the reference pixel. */
function star(col: number, row: number): number {
  return 1000 * Math.exp(-((col - 47.5) ** 2 + (row - 47.5) ** 2) / (2 * 2.5 ** 2))
}

/** Flux of the star in pixels of the image. */
const STAR_FLUX = 1000 * 2 * Math.PI * 2.5 ** 2

describe.each(PROJECT_METHODS)('method %s', (method) => {
  test('keeps a constant, the border included', async () => {
    const { values } = await project(() => 7, method)
    const known = values.filter((value) => !Number.isNaN(value))
    expect(known.length).toBeGreaterThan(4000)
    for (const value of known) expect(value).toBeCloseTo(7, 4)
  })

  test('keeps the place of a star and its surface brightness', async () => {
    const { values } = await project(star, method)
    let [sum, x, y] = [0, 0, 0]
    for (const [k, value] of values.entries()) {
      if (Number.isNaN(value)) continue
      sum += value
      x += value * (k % OUT)
      y += value * Math.floor(k / OUT)
    }
    // The nearest pixel is up to half a pixel away; on average over the star 0.05.
    const digits = method === 'nearest' ? 0 : 1.5
    expect(x / sum).toBeCloseTo(39.5, digits)
    expect(y / sum).toBeCloseTo(39.5, digits)
    expect(Math.abs((sum * 1.44) / STAR_FLUX - 1)).toBeLessThan(fluxTolerance(method))
  })

  test('keeps flux per pixel when the values are that', async () => {
    const { values } = await project(star, method, true)
    const sum = values.filter((value) => !Number.isNaN(value)).reduce((all, value) => all + value, 0)
    expect(Math.abs(sum / STAR_FLUX - 1)).toBeLessThan(fluxTolerance(method))
  })

  test('spreads no blank pixel over its neighbours', async () => {
    const whole = await project(() => 7, method)
    const { values } = await project((col, row) => (col === 40 && row === 45 ? NaN : 7), method)
    const lost = values.filter((value, k) => Number.isNaN(value) && !Number.isNaN(whole.values[k])).length
    expect(lost).toBeLessThanOrEqual(2)
    for (const value of values) if (!Number.isNaN(value)) expect(value).toBeCloseTo(7, 4)
  })
})

test('units that name the pixel mean flux', () => {
  const auto = (unit: unknown): boolean => isFluxPerPixel('auto', unit)
  expect(['Jy/pixel', 'adu / pix', 'electron pix-1', 'mJy pixel**-1'].map(auto)).toEqual([
    true,
    true,
    true,
    true,
  ])
  expect(['DN', 'MJy/sr', 'Jy/beam', 'pixel', undefined].map(auto)).toEqual([
    false,
    false,
    false,
    false,
    false,
  ])
  expect(isFluxPerPixel('flux', 'MJy/sr')).toBe(true)
  expect(isFluxPerPixel('brightness', 'Jy/pixel')).toBe(false)
})
