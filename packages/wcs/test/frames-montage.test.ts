import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { lacksProgram } from '../../../testing/peers.ts'
import { frameConverter, GALACTIC, ICRS, type MontageSystem, montageFrameConverter } from '../src/index.ts'

type Row = readonly [number, number, MontageSystem, number, MontageSystem, number, number, number]

/** Degrees: Montage prints nine decimals, and a box of 0.004 degree moves its centre by less than that. */
const TOLERANCE_DEG = 1.5e-9

const rows = JSON.parse(
  readFileSync(new URL('./fixtures/frames/montage-6.0.json', import.meta.url), 'utf8'),
) as readonly Row[]

/** Distance on the sky of a converted position from the recorded one, degrees. */
function missDeg(row: Row): number {
  const [lon, lat, from, fromEpoch, to, toEpoch, lonTrue, latTrue] = row
  const place = montageFrameConverter(
    { system: from, epochYear: fromEpoch },
    { system: to, epochYear: toEpoch },
  ).convert(lon, lat)
  const dLon = ((((place.lonDeg - lonTrue) % 360) + 540) % 360) - 180
  return Math.hypot(dLon * Math.cos((latTrue * Math.PI) / 180), place.latDeg - latTrue)
}

describe('Montage conversions', () => {
  it('agree with the recorded positions of Montage 6.0 to its printed digits', () => {
    expect(rows.length).toBeGreaterThan(200)
    for (const row of rows) expect(missDeg(row), JSON.stringify(row)).toBeLessThan(TOLERANCE_DEG)
  })

  it('part from the modern galactic matrix by less than half an arcsecond, but do part', () => {
    const montage = montageFrameConverter({ system: 'EQUJ' }, { system: 'GAL' }).convert(10, 20)
    const modern = frameConverter(ICRS, GALACTIC).convert(10, 20)
    const apartArcsec = 3600 * Math.hypot(montage.latDeg - modern.latDeg, montage.lonDeg - modern.lonDeg)
    expect(apartArcsec).toBeGreaterThan(0.02)
    expect(apartArcsec).toBeLessThan(0.5)
  })
})

describe.skipIf(lacksProgram('mMakeHdr'))('Montage conversions against live mMakeHdr', () => {
  it('agree from J2000 to galactic', () => {
    const folder = mkdtempSync(join(tmpdir(), 'skyloom-frames-'))
    try {
      const [lon, lat] = [83.25, 5.5]
      const half = 0.001
      const wide = half / Math.cos((lat * Math.PI) / 180)
      const corners = [
        [lon - 2 * wide, lat - half],
        [lon + 2 * wide, lat - half],
        [lon + 2 * wide, lat + half],
        [lon - 2 * wide, lat + half],
      ]
      const cells = corners.map(([a, b]) => ` ${a!.toFixed(15).padStart(20)} ${b!.toFixed(15).padStart(20)} `)
      const heads = [
        `|${'ra'.padStart(20)}|${'dec'.padStart(20)}|`,
        `|${'double'.padStart(20)}|${'double'.padStart(20)}|`,
      ]
      const table = join(folder, 'points.tbl')
      const template = join(folder, 'points.hdr')
      writeFileSync(table, `${[...heads, ...cells].join('\n')}\n`)
      spawnSync('mMakeHdr', ['-p', '0.00001', table, template, 'GAL'])
      const header = readFileSync(template, 'utf8')
      const card = (keyword: string): number => Number(new RegExp(`${keyword} *= *(\\S+)`).exec(header)?.[1])
      // The corners lie on a parallel, not on a great circle: the centre of the box moves by 1e-9 degree.
      expect(missDeg([lon, lat, 'EQUJ', 2000, 'GAL', 0, card('CRVAL1'), card('CRVAL2')])).toBeLessThan(5e-9)
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})
