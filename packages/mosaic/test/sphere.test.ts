import { createPixelMemory, pixelKernels } from '@skyloom/kernels'
import { pixelToSky, skyToPixel, type Wcs, wcsFromKeywords } from '@skyloom/wcs'
import { expect, test } from 'vitest'
import { seededRandom } from '../../../testing/seeded-random.ts'
import { projectBy } from '../src/project/project-by.ts'
import { AREA_SCRATCH_BYTES, CORNER_BYTES } from '../src/project/project-image.ts'
import {
  anticlockwise,
  direction,
  type SphericalPolygon,
  sharedArea,
  signedArea,
} from './support/sphere-oracle.ts'

/** Pixels of 20 arcsec: the sphere bends by 1e-8 within one. */
const SCALE_DEG = 20 / 3600
/** Pixels along a side of the image. */
const SIDE = 24
/** Template pixels along a side, about the middle of the image. */
const WINDOW = 28
/** Pixels are stored as float32; their sides are great circles for the oracle and straight lines of the image for the engine. */
const STORED_AND_BENT = 2e-7

interface Place {
  readonly lonDeg: number
  readonly latDeg: number
}

type Cards = Readonly<Record<string, string | number>>

function wcsOf(projection: string, place: Place, cards: Cards = {}): Wcs {
  const all: Cards = {
    NAXIS: 2,
    NAXIS1: SIDE,
    NAXIS2: SIDE,
    CTYPE1: `RA---${projection}`,
    CTYPE2: `DEC--${projection}`,
    CRPIX1: (SIDE + 1) / 2,
    CRPIX2: (SIDE + 1) / 2,
    CRVAL1: place.lonDeg,
    CRVAL2: place.latDeg,
    CDELT1: -SCALE_DEG,
    CDELT2: SCALE_DEG,
    RADESYS: 'ICRS',
    ...cards,
  }
  return wcsFromKeywords((keyword) => all[keyword])
}

/** Sky polygon of a pixel; undefined where a corner has no place. */
function pixelPolygon(wcs: Wcs, col: number, row: number): SphericalPolygon | undefined {
  const corners = [
    [col, row],
    [col + 1, row],
    [col + 1, row + 1],
    [col, row + 1],
  ].map(([x = 0, y = 0]) => {
    const place = pixelToSky(wcs, x + 0.5, y + 0.5)
    return place === undefined ? undefined : direction(place.lonDeg, place.latDeg)
  })
  const known = corners.filter((corner) => corner !== undefined)
  return known.length === 4 && known.every((corner) => Number.isFinite(corner[0]))
    ? anticlockwise(known)
    : undefined
}

/** Distortions as surveys have them, some tenths of a pixel over the image. */
const TPV: Cards = { PV1_1: 1, PV1_4: 0.008, PV1_7: 0.3, PV2_1: 1, PV2_5: -0.006, PV2_10: 0.2 }
const SIP: Cards = {
  A_ORDER: 3,
  B_ORDER: 2,
  A_2_0: 4e-5,
  A_0_3: -2e-6,
  B_1_1: 6e-5,
  B_0_2: -3e-5,
}
const ORIGIN: Place = { lonDeg: 0, latDeg: 0 }
const TURN: Cards = { CROTA2: 31 }

interface Case {
  readonly name: string
  readonly at: Place
  readonly image?: readonly [projection: string, cards: Cards]
  readonly template: readonly [projection: string, centre: Place, cards?: Cards]
  /** The map jumps or has a kink, so that some places must be evaluated exactly. */
  readonly isCut?: boolean
}

const cases: readonly Case[] = [
  { name: 'TAN to TAN', at: { lonDeg: 83, latDeg: -5 }, template: ['TAN', { lonDeg: 83.4, latDeg: -5.2 }] },
  {
    name: 'TAN to CAR at longitude 0',
    at: { lonDeg: 0, latDeg: 3 },
    template: ['CAR', { lonDeg: 30, latDeg: 0 }],
  },
  {
    name: 'TAN to CAR at the seam',
    at: { lonDeg: 180, latDeg: 20 },
    template: ['CAR', ORIGIN, { CRVAL1: 0.01, CRPIX1: 100.5 }],
    isCut: true,
  },
  { name: 'TAN to CAR beside the pole', at: { lonDeg: 40, latDeg: 89.3 }, template: ['CAR', ORIGIN] },
  { name: 'TAN to AIT', at: { lonDeg: 60, latDeg: 40 }, template: ['AIT', ORIGIN] },
  { name: 'TAN to AIT near the rim', at: { lonDeg: 172, latDeg: 25 }, template: ['AIT', ORIGIN] },
  { name: 'TAN to MOL', at: { lonDeg: 300, latDeg: -50 }, template: ['MOL', ORIGIN] },
  { name: 'TAN to SFL', at: { lonDeg: 20, latDeg: 65 }, template: ['SFL', ORIGIN] },
  { name: 'TAN to HPX in the equatorial zone', at: { lonDeg: 45, latDeg: 0 }, template: ['HPX', ORIGIN] },
  {
    name: 'TAN to HPX across the polar circle',
    at: { lonDeg: 30, latDeg: 41.81 },
    template: ['HPX', ORIGIN],
    isCut: true,
  },
  { name: 'TAN to HPX in the polar cap', at: { lonDeg: 70, latDeg: 70 }, template: ['HPX', ORIGIN] },
  {
    name: 'TAN to ZEA at the north pole',
    at: { lonDeg: 0, latDeg: 90 },
    template: ['ZEA', { lonDeg: 10, latDeg: 90 }],
  },
  {
    name: 'TAN to SIN at the south pole',
    at: { lonDeg: 0, latDeg: -90 },
    template: ['SIN', { lonDeg: 77, latDeg: -89 }],
  },
  {
    name: 'ARC to STG',
    at: { lonDeg: 210, latDeg: 54 },
    image: ['ARC', TURN],
    template: ['STG', { lonDeg: 205, latDeg: 60 }],
  },
  {
    name: 'CEA to TAN',
    at: { lonDeg: 12, latDeg: 0 },
    image: ['CEA', {}],
    template: ['TAN', { lonDeg: 12, latDeg: 0.05 }, TURN],
  },
  {
    name: 'TPV to TAN',
    at: { lonDeg: 150, latDeg: 2 },
    image: ['TPV', TPV],
    template: ['TAN', { lonDeg: 150, latDeg: 2 }, TURN],
  },
  { name: 'TAN to TPV', at: { lonDeg: 150, latDeg: 2 }, template: ['TPV', { lonDeg: 150, latDeg: 2 }, TPV] },
  {
    name: 'SIP to CAR',
    at: { lonDeg: 10, latDeg: 1 },
    image: ['TAN-SIP', SIP],
    template: ['CAR', { lonDeg: 12, latDeg: 0 }],
  },
  {
    name: 'SIP to SIP',
    at: { lonDeg: 266, latDeg: -29 },
    image: ['TAN-SIP', SIP],
    template: ['TAN-SIP', { lonDeg: 266, latDeg: -29 }, { ...SIP, ...TURN }],
  },
]

test.for(cases)(
  'exact areas are those of the sphere: $name',
  async ({ at, image = ['TAN', TURN], template, isCut = false }) => {
    const imageWcs = wcsOf(image[0], at, image[1])
    const templateWcs = wcsOf(template[0], template[1], template[2])
    const middle = skyToPixel(templateWcs, at.lonDeg, at.latDeg)
    const region = {
      col: Math.round(middle!.fitsX - 0.5 - WINDOW / 2),
      row: Math.round(middle!.fitsY - 0.5 - WINDOW / 2),
      width: WINDOW,
      height: WINDOW,
    }
    const random = seededRandom(11)
    const pixels = Float32Array.from({ length: SIDE * SIDE }, () => random())
    const { values, coverage, accuracy } = await reproject(imageWcs, templateWcs, pixels, region)
    expect(accuracy.maxErrorPx).toBeLessThan(1e-3)
    if (isCut) expect(accuracy.exactCellFraction).toBeGreaterThan(0)

    const inputs = Array.from(pixels, (value, i) => {
      const polygon = pixelPolygon(imageWcs, i % SIDE, Math.floor(i / SIDE))
      return { value, polygon: polygon!, centre: polygon![0]! }
    })
    let compared = 0
    const worst = { value: 0, coverage: 0 }
    for (let i = 0; i < WINDOW * WINDOW; i++) {
      const polygon = pixelPolygon(
        templateWcs,
        region.col + (i % WINDOW),
        region.row + Math.floor(i / WINDOW),
      )
      if (polygon === undefined) continue
      const total = signedArea(polygon)
      // Across a seam a pixel would span the map.
      if (!(total > 0 && total < 100 * (SCALE_DEG * (Math.PI / 180)) ** 2)) continue
      let [sum, area] = [0, 0]
      const reach = 4 * SCALE_DEG * (Math.PI / 180) + 2 * Math.sqrt(total)
      for (const input of inputs) {
        if (Math.hypot(...polygon[0]!.map((x, axis) => x - input.centre[axis]!)) > 6 * reach) continue
        const overlap = sharedArea(polygon, input.polygon)
        sum += overlap * input.value
        area += overlap
      }
      const expected = area / total
      compared++
      worst.coverage = Math.max(worst.coverage, Math.abs(coverage[i]! - expected))
      // A sliver's mean is that of one corner of a pixel.
      if (expected > 0.01) worst.value = Math.max(worst.value, expected * Math.abs(values[i]! - sum / area))
    }
    expect(compared).toBeGreaterThan(0.4 * WINDOW * WINDOW)
    // Neighbours differ by up to 1, so values are off by no more than positions: two sides may be.
    const allowed = STORED_AND_BENT + 2 * accuracy.maxErrorPx
    expect({ ...worst, allowed, isWithin: Math.max(worst.value, worst.coverage) <= allowed }).toMatchObject({
      isWithin: true,
    })
  },
)

async function reproject(
  imageWcs: Wcs,
  templateWcs: Wcs,
  pixels: Float32Array,
  region: { readonly col: number; readonly row: number; readonly width: number; readonly height: number },
): Promise<{
  values: Float32Array
  coverage: Float32Array
  accuracy: Awaited<ReturnType<typeof projectBy>>
}> {
  const memory = createPixelMemory({ maximumBytes: 2 ** 26 })
  const imageAt = memory.alloc(4 * pixels.length)
  memory.f32(imageAt, pixels.length).set(pixels)
  const count = region.width * region.height
  const [valueAt, coverageAt] = [memory.alloc(4 * count), memory.alloc(4 * count)]
  const plane = (at: number): { at: number; width: number; height: number; stride: number } => ({
    at,
    width: region.width,
    height: region.height,
    stride: region.width,
  })
  const gridBytes = 2 ** 22
  const scratch = {
    cornersAt: memory.alloc(CORNER_BYTES),
    areaAt: memory.alloc(AREA_SCRATCH_BYTES),
    areaBytes: AREA_SCRATCH_BYTES,
    gridAt: memory.alloc(gridBytes),
    gridBytes,
  }
  const window = {
    plane: { at: imageAt, width: SIDE, height: SIDE, stride: SIDE },
    col: 0,
    row: 0,
    weightAt: 0,
  }
  const by = { method: 'area', imageWcs, templateWcs, boundPx: 1e-3, pixfrac: 1, isFlux: false } as const
  const target = { region, value: plane(valueAt), coverage: plane(coverageAt) }
  const accuracy = await projectBy(memory, pixelKernels(memory), window, by, target, scratch, () => undefined)
  return {
    values: memory.f32(valueAt, count).slice(),
    coverage: memory.f32(coverageAt, count).slice(),
    accuracy,
  }
}
