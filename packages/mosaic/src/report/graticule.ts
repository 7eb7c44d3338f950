import { pixelToSky, skyToPixel, type Wcs } from '@skyloom/wcs'
import { sexagesimalDec, sexagesimalRa } from '../image-table/image-table.ts'
import type { MosaicPoint } from '../make/summary.ts'
import type { Region } from '../region.ts'
import type { Template } from '../template/template.ts'
import type { GraticuleLine } from './sky-map.ts'

/** Steps of latitude and of galactic and ecliptic longitude, degrees. */
const STEPS_DEG = [
  1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 18000, 36000, 54000, 108000,
].map((s) => s / 3600)
/** Steps of right ascension: whole seconds and minutes of time. */
const STEPS_RA_DEG = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200].map((s) => s / 240)
const WANTED_LINES = 5
const POINTS_PER_LINE = 60
/** Places at which the window's sky coordinates are looked up to find their range. */
const RANGE_SAMPLES = 12

/** Lines of constant longitude and latitude across a window of the template, in corner coordinates of the window. */
export function graticule(template: Template, window: Region): readonly GraticuleLine[] {
  const range = skyRange(template.wcs, window)
  if (range === undefined) return []
  const { wcs } = template
  const isEquatorial = wcs.frame.system === 'icrs' || wcs.frame.system.startsWith('fk')
  const lonStep = stepFor(range.lonMax - range.lonMin, isEquatorial ? STEPS_RA_DEG : STEPS_DEG)
  const latStep = stepFor(range.latMax - range.latMin, STEPS_DEG)
  const lines: GraticuleLine[] = []
  for (let lon = lonStep * Math.ceil(range.lonMin / lonStep); lon <= range.lonMax; lon += lonStep) {
    const label = isEquatorial ? shortRa(lon) : `${Number((((lon % 360) + 360) % 360).toFixed(4))}°`
    const points = sample(range.latMin, range.latMax, (lat) => place(wcs, window, lon, lat))
    if (points.length > 1) lines.push({ label, labelAt: extreme(points, ({ y }) => y), points })
  }
  for (let lat = latStep * Math.ceil(range.latMin / latStep); lat <= range.latMax; lat += latStep) {
    const label = isEquatorial ? shortDec(lat) : `${Number(lat.toFixed(4))}°`
    const points = sample(range.lonMin, range.lonMax, (lon) => place(wcs, window, lon, lat))
    if (points.length > 1) lines.push({ label, labelAt: extreme(points, ({ x }) => x), points })
  }
  return lines
}

interface SkyRange {
  readonly lonMin: number
  readonly lonMax: number
  readonly latMin: number
  readonly latMax: number
}

/** Range of longitude, unwrapped about the middle, and latitude; undefined where the window shows no sky. */
function skyRange(wcs: Wcs, window: Region): SkyRange | undefined {
  const lons: number[] = []
  const lats: number[] = []
  let reference: number | undefined
  for (let j = 0; j <= RANGE_SAMPLES; j++) {
    for (let i = 0; i <= RANGE_SAMPLES; i++) {
      const fitsX = window.col + 0.5 + (window.width * i) / RANGE_SAMPLES
      const fitsY = window.row + 0.5 + (window.height * j) / RANGE_SAMPLES
      const sky = pixelToSky(wcs, fitsX, fitsY)
      if (sky === undefined) continue
      reference ??= sky.lonDeg
      lons.push(sky.lonDeg - 360 * Math.round((sky.lonDeg - reference) / 360))
      lats.push(sky.latDeg)
    }
  }
  if (lons.length < 2) return undefined
  const range = {
    lonMin: Math.min(...lons),
    lonMax: Math.max(...lons),
    latMin: Math.min(...lats),
    latMax: Math.max(...lats),
  }
  return range
}

function stepFor(range: number, steps: readonly number[]): number {
  return steps.find((step) => range / step <= WANTED_LINES + 1) ?? steps.at(-1) ?? 30
}

function sample(
  from: number,
  to: number,
  at: (value: number) => MosaicPoint | undefined,
): readonly MosaicPoint[] {
  const points: MosaicPoint[] = []
  for (let i = 0; i <= POINTS_PER_LINE; i++) {
    const point = at(from + ((to - from) * i) / POINTS_PER_LINE)
    if (point !== undefined) points.push(point)
  }
  return points
}

/** The point with the least value. */
function extreme(points: readonly MosaicPoint[], value: (point: MosaicPoint) => number): MosaicPoint {
  return points.reduce((best, point) => (value(point) < value(best) ? point : best))
}

/** Place in the window; undefined outside of it. */
function place(wcs: Wcs, window: Region, lonDeg: number, latDeg: number): MosaicPoint | undefined {
  const pixel = skyToPixel(wcs, lonDeg, latDeg)
  if (pixel === undefined) return undefined
  const x = pixel.fitsX - 0.5 - window.col
  const y = pixel.fitsY - 0.5 - window.row
  return x >= 0 && x <= window.width && y >= 0 && y <= window.height ? { x, y } : undefined
}

function shortRa(lonDeg: number): string {
  return sexagesimalRa(lonDeg)
    .replace(/\.00s$/, 's')
    .replace(/ 00s$/, '')
}

function shortDec(latDeg: number): string {
  return sexagesimalDec(latDeg)
    .replace(/\.0s$/, 's')
    .replace(/ 00s$/, '')
    .replace('d', '°')
    .replace('m', '′')
    .replace(/s$/, '″')
}
