import { describe, expect, it } from 'vitest'
import {
  healpixCellAreaSr,
  healpixCellCount,
  healpixNside,
  healpixOrder,
  healpixOrderForResolution,
  healpixResolutionDeg,
} from './healpix-grid.ts'

describe('grids', () => {
  it('have the published sizes (healpy documentation)', () => {
    expect(healpixNside(7)).toBe(128)
    expect(healpixOrder(128)).toBe(7)
    expect(healpixCellCount(7)).toBe(196608)
    expect(healpixResolutionDeg(7) * 60).toBeCloseTo(27.483891294539248, 12)
    expect(healpixCellAreaSr(7) * (180 / Math.PI) ** 2).toBeCloseTo(0.2098234113027917, 12)
  })

  it('count the cells of the finest order without loss', () => {
    expect(BigInt(healpixCellCount(29))).toBe(12n * 4n ** 29n)
  })

  it('are chosen by resolution', () => {
    expect(healpixOrderForResolution(60)).toBe(0)
    expect(healpixOrderForResolution(1 / 3600)).toBe(18)
    expect(healpixOrderForResolution(0)).toBe(29)
  })

  it('refuse orders and nsides that are none', () => {
    for (const order of [-1, 0.5, 30, Number.NaN]) {
      expect(() => healpixNside(order)).toThrow(
        expect.objectContaining({ code: 'WCS_BAD_HEALPIX', allowed: 'a whole number from 0 to 29' }),
      )
    }
    for (const nside of [0, 3, -4, 2 ** 30, Number.NaN]) {
      expect(() => healpixOrder(nside)).toThrow(expect.objectContaining({ code: 'WCS_BAD_HEALPIX' }))
    }
  })
})
