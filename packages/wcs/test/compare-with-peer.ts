import { pixelToSky, skyToPixel } from '../src/wcs/transform.ts'
import type { Wcs } from '../src/wcs/wcs.ts'
import { askPeer, type Pair, type PeerAnswer, type PeerCase } from './peers/wcslib-peer.ts'

/** A question with the system this library read from the same header. */
export interface ComparedCase extends PeerCase {
  readonly wcs: Wcs
}

/** Differences that wcslib's own rounding explains, by point. */
export interface Allowance {
  /** Degrees on the sky for a pixel, given the sky it has here. */
  readonly skyDeg: (wcs: Wcs, sky: Pair) => number
  /** Degrees of the projection plane for a sky position. */
  readonly planeDeg: (wcs: Wcs, sky: Pair) => number
}

/** What the issue asks for everywhere. */
const SKY_DEG = 1e-11
const PIXEL_PX = 1e-8

const RAD = Math.PI / 180
const EPSILON = 2 ** -52

/** Great-circle distance in degrees (haversine). */
export function separationDeg(a: Pair, b: Pair): number {
  const sinLat = Math.sin(((a[1] - b[1]) / 2) * RAD)
  const sinLon = Math.sin(((a[0] - b[0]) / 2) * RAD)
  const h = sinLat * sinLat + Math.cos(a[1] * RAD) * Math.cos(b[1] * RAD) * sinLon * sinLon
  return (2 * Math.asin(Math.min(1, Math.sqrt(h)))) / RAD
}

const distancePx = (a: Pair, b: Pair): number => Math.hypot(a[0] - b[0], a[1] - b[1])

function toSky(wcs: Wcs, point: Pair): Pair | null {
  const sky = pixelToSky(wcs, point[0], point[1])
  return sky === undefined ? null : [sky.lonDeg, sky.latDeg]
}

function toPixel(wcs: Wcs, point: Pair): Pair | null {
  const pixel = skyToPixel(wcs, point[0], point[1])
  return pixel === undefined ? null : [pixel.fitsX, pixel.fitsY]
}

/** One direction of conversion, seen from both programs. */
interface Direction {
  readonly name: string
  readonly run: (wcs: Wcs, point: Pair) => Pair | null
  readonly distance: (a: Pair, b: Pair) => number
  /** Size of a rounding of the input. */
  readonly inputStep: (wcs: Wcs, point: Pair) => number
  readonly allowed: (wcs: Wcs, point: Pair, ours: Pair | null) => number
  /** How near a way back must come to count as closed, in the units of the input. */
  readonly closes: (a: Pair, b: Pair) => boolean
}

const directions = (allowance: Allowance): { readonly sky: Direction; readonly pixel: Direction } => ({
  sky: {
    name: 'pixel to sky',
    run: toSky,
    distance: separationDeg,
    inputStep: (wcs, [x, y]) =>
      8 * EPSILON * (Math.abs(x) + Math.abs(y) + Math.abs(wcs.crpix[0]) + Math.abs(wcs.crpix[1])),
    allowed: (wcs, _point, ours) => SKY_DEG + (ours === null ? 0 : allowance.skyDeg(wcs, ours)),
    closes: (a, b) => distancePx(a, b) < 0.01,
  },
  pixel: {
    name: 'sky to pixel',
    run: toPixel,
    distance: distancePx,
    inputStep: () => 8 * EPSILON * 360,
    allowed: (wcs, point, ours) => {
      const scaleDeg = Math.sqrt(Math.abs(wcs.cd[0] * wcs.cd[3] - wcs.cd[1] * wcs.cd[2]))
      const rounding = ours === null ? 0 : 64 * EPSILON * (Math.abs(ours[0]) + Math.abs(ours[1]))
      return PIXEL_PX + rounding + allowance.planeDeg(wcs, point) / scaleDeg
    },
    closes: (a, b) => separationDeg(a, b) < 1e-6,
  },
})

/**
 * Largest change of the result when the input moves by some roundings: where a projection stretches without bound (its edge, a pole)
 * no two programs agree better than this. Infinite where a rounding decides whether there is a result.
 */
function roundingEffect({ run, distance, inputStep }: Direction, wcs: Wcs, point: Pair): number {
  const here = run(wcs, point)
  const step = inputStep(wcs, point)
  let most = 0
  for (const [dx, dy] of [
    [step, 0],
    [-step, 0],
    [0, step],
    [0, -step],
  ] as const) {
    const there = run(wcs, [point[0] + dx, point[1] + dy])
    if ((here === null) !== (there === null)) return Number.POSITIVE_INFINITY
    if (here !== null && there !== null) most = Math.max(most, distance(here, there))
  }
  return most
}

/** A point that one of the two programs alone has; it is a fault unless the way back shows that the other one is inconsistent. */
interface OneSided {
  readonly caseIndex: number
  readonly point: Pair
  readonly result: Pair
  readonly side: 'here' | 'there'
}

function compareDirection(
  direction: Direction,
  { wcs }: ComparedCase,
  caseIndex: number,
  points: readonly Pair[],
  theirAnswers: readonly (Pair | null)[],
  faults: string[],
): OneSided[] {
  const oneSided: OneSided[] = []
  points.forEach((point, i) => {
    const ours = direction.run(wcs, point)
    const theirs = theirAnswers[i] ?? null
    if (ours === null && theirs === null) return
    const effect = roundingEffect(direction, wcs, point)
    if (!Number.isFinite(effect)) return
    if (ours !== null && theirs !== null) {
      const off = direction.distance(ours, theirs)
      const allowed = direction.allowed(wcs, point, ours) + 64 * effect
      if (!(off <= allowed))
        faults.push(describe(direction, caseIndex, point, ours, theirs, `off ${off}, allowed ${allowed}`))
    } else if (ours !== null) oneSided.push({ caseIndex, point, result: ours, side: 'here' })
    else if (theirs !== null) oneSided.push({ caseIndex, point, result: theirs, side: 'there' })
  })
  return oneSided
}

function describe(
  direction: Direction,
  caseIndex: number,
  point: Pair,
  ours: Pair | null,
  theirs: Pair | null,
  text: string,
): string {
  return `header ${caseIndex}, ${direction.name} of ${point.join(', ')}: ours ${String(ours)}, wcslib's ${String(theirs)}, ${text}`
}

/**
 * Compares this library with wcslib on all points of all cases, in both directions.
 *
 * A point that only one of them converts is taken back by wcslib. When wcslib does not come back to where it started, the result that is
 * only there was a wrong place; when it does come back to a point that is only here, wcslib contradicts itself. Neither is a fault.
 *
 * @returns one text for each fault
 */
export function faultsAgainstPeer(
  cases: readonly ComparedCase[],
  answers: readonly PeerAnswer[],
  allowance: Allowance,
): string[] {
  const { sky, pixel } = directions(allowance)
  const faults: string[] = []
  const onlySky: OneSided[] = []
  const onlyPixel: OneSided[] = []
  cases.forEach((each, index) => {
    const answer = answers[index]
    if (answer === undefined) return
    onlySky.push(...compareDirection(sky, each, index, each.pixels, answer.toSky, faults))
    onlyPixel.push(...compareDirection(pixel, each, index, each.sky, answer.toPixel, faults))
  })
  const back = askPeer(
    cases.map(({ cards }, index) => ({
      cards,
      sky: onlySky.filter((one) => one.caseIndex === index).map((one) => one.result),
      pixels: onlyPixel.filter((one) => one.caseIndex === index).map((one) => one.result),
    })),
  )
  const judge = (direction: Direction, ones: readonly OneSided[], pick: 'toPixel' | 'toSky'): void => {
    const seen = new Map<number, number>()
    for (const { caseIndex, point, result, side } of ones) {
      const nth = seen.get(caseIndex) ?? 0
      seen.set(caseIndex, nth + 1)
      const returned = back[caseIndex]?.[pick][nth] ?? null
      const isClosed = returned !== null && direction.closes(returned, point)
      if (side === 'here' ? !isClosed : isClosed) {
        const text = `wcslib comes back to ${String(returned)}`
        faults.push(
          side === 'here'
            ? describe(direction, caseIndex, point, result, null, text)
            : describe(direction, caseIndex, point, null, result, text),
        )
      }
    }
  }
  judge(sky, onlySky, 'toPixel')
  judge(pixel, onlyPixel, 'toSky')
  return faults
}
