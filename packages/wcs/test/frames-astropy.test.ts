import { describe, expect, it } from 'vitest'
import { askPython, lacksPython } from '../../../testing/peers.ts'
import { type CelestialFrame, frameConverter } from '../src/index.ts'

/** Degrees. FK5, ICRS, galactic, ecliptic are one rotation each in both programs: what is left is rounding. */
const RIGID_TOLERANCE_DEG = 1e-11
/**
 * Degrees. On the way from FK4 astropy precesses to the equinox of the target frame and back with Newcomb's polynomials,
 * which do not return exactly: 7e-9 degree over 50 years, 7e-8 over 200. This package goes straight.
 */
const FK4_TOLERANCE_DEG = 1e-7

const SCRIPT = `
import warnings; warnings.simplefilter('ignore')
import numpy as np
from astropy.coordinates import *
from astropy.time import Time
import astropy.units as u
def frame(d):
    s = d['system']; e = d.get('equinoxYear'); o = d.get('observationYear')
    if s == 'icrs': return ICRS()
    if s == 'galactic': return Galactic()
    if s == 'supergalactic': return Supergalactic()
    if s == 'fk5': return FK5(equinox=Time(e, format='jyear', scale='tt'))
    if s == 'ecliptic': return BarycentricMeanEcliptic(equinox=Time(e, format='jyear', scale='tt'))
    q = Time(e, format='byear', scale='tt')
    t = q if o is None else Time(o, format='jyear', scale='tt')
    return (FK4 if s == 'fk4' else FK4NoETerms)(equinox=q, obstime=t)
lon, lat = np.array(given['lon']), np.array(given['lat'])
answer = []
for a, b in given['pairs']:
    c = SkyCoord(lon * u.deg, lat * u.deg, frame=frame(a)).transform_to(frame(b))
    r = c.represent_as(UnitSphericalRepresentation)
    answer.append([r.lon.deg.tolist(), r.lat.deg.tolist()])
`

const FRAMES: readonly CelestialFrame[] = [
  { system: 'icrs' },
  { system: 'fk5', equinoxYear: 2000 },
  { system: 'fk5', equinoxYear: 1975 },
  { system: 'fk5', equinoxYear: 1800 },
  { system: 'fk4', equinoxYear: 1950 },
  { system: 'fk4', equinoxYear: 1900 },
  { system: 'fk4', equinoxYear: 1950, observationYear: 1983.5 },
  { system: 'fk4-no-e', equinoxYear: 1950 },
  { system: 'fk4-no-e', equinoxYear: 1875 },
  { system: 'galactic' },
  { system: 'supergalactic' },
  { system: 'ecliptic', equinoxYear: 2000 },
  { system: 'ecliptic', equinoxYear: 1950 },
  { system: 'ecliptic', equinoxYear: 2100 },
]

/** Places spread evenly over the sphere, and the awkward ones. */
function places(): { lon: number[]; lat: number[] } {
  const lon = [0, 0, 0, 360, 10, 20, 180, 90, 270]
  const lat = [90, -90, 0, 0, 89.9999, -89.99999, 0, 0, 45]
  for (let i = 0; i < 200; i++) {
    lon.push((i * 137.50776405003785) % 360)
    lat.push((Math.asin((2 * i + 1) / 200 - 1) * 180) / Math.PI)
  }
  return { lon, lat }
}

const isFk4 = (frame: CelestialFrame): boolean => frame.system.startsWith('fk4')

describe.skipIf(lacksPython('astropy'))('frames against live astropy', () => {
  it('agree in every pair of frames', () => {
    const { lon, lat } = places()
    const pairs = FRAMES.flatMap((from) => FRAMES.map((to) => [from, to] as const))
    const answers = askPython(SCRIPT, { lon, lat, pairs }) as [number[], number[]][]
    expect(answers).toHaveLength(pairs.length)
    pairs.forEach(([from, to], k) => {
      const [lonTrue, latTrue] = answers[k]!
      const lonHere = Float64Array.from(lon)
      const latHere = Float64Array.from(lat)
      frameConverter(from, to).convertInPlace(lonHere, latHere)
      const worst = Math.max(
        ...lonTrue.map((l, i) => separationDeg(l, latTrue[i]!, lonHere[i]!, latHere[i]!)),
      )
      const tolerance = isFk4(from) || isFk4(to) ? FK4_TOLERANCE_DEG : RIGID_TOLERANCE_DEG
      expect(worst, `${JSON.stringify(from)} to ${JSON.stringify(to)}`).toBeLessThan(tolerance)
    })
  })
})

function separationDeg(lonA: number, latA: number, lonB: number, latB: number): number {
  const deg = Math.PI / 180
  const dLon = Math.sin(((lonA - lonB) * deg) / 2)
  const dLat = Math.sin(((latA - latB) * deg) / 2)
  return (
    (2 * Math.asin(Math.sqrt(dLat * dLat + Math.cos(latA * deg) * Math.cos(latB * deg) * dLon * dLon))) / deg
  )
}
