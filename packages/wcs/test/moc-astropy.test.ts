import { describe, expect, it } from 'vitest'
import { askPython, lacksPython } from '../../../testing/peers.ts'
import {
  formatMocAscii,
  healpixCellAt,
  mocFromPositions,
  mocFromRegion,
  nestedIndexBig,
  skyToHealpix,
  writeMocFits,
} from '../src/index.ts'

const READ = `
import base64, io, warnings
from astropy.io import fits
warnings.simplefilter('error')
answer = []
for text in given:
    with fits.open(io.BytesIO(base64.b64decode(text))) as f:
        f.verify('exception')
        t = f[1]
        answer.append(dict(form=t.columns[0].format, ordering=t.header['ORDERING'], order=t.header['MOCORD_S'],
                           values=[str(v) for v in t.data.field(0)]))
`

describe.skipIf(lacksPython('astropy'))('MOC files and live astropy', () => {
  it('are valid FITS with the identifiers and ranges that they should have', () => {
    const moc = mocFromRegion({ centre: { lonDeg: 10, latDeg: -88 }, radiusDeg: 4 }, 8)
    const files = (['NUNIQ', 'RANGE'] as const).map((coding) =>
      Buffer.from(writeMocFits(moc, coding)).toString('base64'),
    )
    const [nuniq, range] = askPython(READ, files) as {
      form: string
      ordering: string
      order: number
      values: string[]
    }[]
    expect(nuniq).toMatchObject({ form: '1K', ordering: 'NUNIQ', order: 8 })
    expect(range).toMatchObject({ form: '1K', ordering: 'RANGE', order: 8 })
    expect(range?.values).toEqual(Array.from(moc.ranges, String))
    const ascii = nuniq?.values.map((text) => {
      const uniq = BigInt(text)
      const order = (uniq.toString(2).length - 3) >> 1
      return `${order}/${uniq - 4n ** BigInt(order + 1)}`
    })
    // The ASCII form, with its runs written out.
    const parts = formatMocAscii(moc)
      .split(/(?=\b\d+\/)/)
      .flatMap((part) => {
        const [order, list] = part.trim().split('/') as [string, string]
        return list.split(' ').flatMap((item) => {
          const [first, last] = item.split('-').map(Number) as [number, number | undefined]
          return Array.from({ length: (last ?? first) - first + 1 }, (_, i) => `${order}/${first + i}`)
        })
      })
    expect(parts).toEqual(ascii)
  })
})

const LOCATE = `
import numpy as np, astropy.units as u
from astropy_healpix import lonlat_to_healpix
lon, lat = np.array(given['lon']) * u.deg, np.array(given['lat']) * u.deg
answer = {f'{o} {s}': [str(v) for v in lonlat_to_healpix(lon, lat, 2**o, order=s)]
          for o in given['orders'] for s in ('nested', 'ring')}
`

describe.skipIf(lacksPython('astropy', 'astropy_healpix'))('HEALPix and live astropy-healpix', () => {
  it('give the same cell to every position', () => {
    const lon = Array.from({ length: 2000 }, (_, i) => (i * 137.50776405003785) % 360)
    const lat = Array.from({ length: 2000 }, (_, i) => (Math.asin((2 * i + 1) / 2000 - 1) * 180) / Math.PI)
    const orders = [0, 1, 3, 8, 16, 24, 29]
    const answer = askPython(LOCATE, { lon, lat, orders }) as Record<string, string[]>
    for (const order of orders) {
      const cells = lon.map((l, i) => healpixCellAt(order, l, lat[i]!))
      expect(cells.map((cell) => (cell === undefined ? '' : String(nestedIndexBig(cell))))).toEqual(
        answer[`${order} nested`],
      )
      if (order > 24) continue
      const ring = lon.map((l, i) => String(skyToHealpix({ order, scheme: 'ring' }, l, lat[i]!)))
      expect(ring).toEqual(answer[`${order} ring`])
    }
    const moc = mocFromPositions(Float64Array.from(lon), Float64Array.from(lat), 29)
    const starts = Array.from(
      moc.ranges.filter((_, i) => i % 2 === 0),
      String,
    )
    const sorted = answer['29 nested']?.map(BigInt).sort((a, b) => (a < b ? -1 : 1))
    expect(starts).toEqual(sorted?.map(String))
  })
})
