import { readFileSync } from 'node:fs'
import { askPython } from '../../../../testing/peers.ts'
import type { Cards } from '../random-headers.ts'

/** A pair of numbers: pixel or position. */
export type Pair = readonly [number, number]

/** A question to wcslib: positions of pixels and pixels of positions under one header. */
export interface PeerCase {
  readonly cards: Cards
  readonly pixels: readonly Pair[]
  readonly sky: readonly Pair[]
}

/** wcslib's answer; null where it has none. */
export interface PeerAnswer {
  readonly error?: string
  readonly toSky: readonly (Pair | null)[]
  readonly toPixel: readonly (Pair | null)[]
}

/** Asks wcslib, through astropy. */
export function askPeer(cases: readonly PeerCase[]): readonly PeerAnswer[] {
  const script = readFileSync(new URL('wcslib_peer.py', import.meta.url), 'utf8')
  const given = cases.map(({ cards, pixels, sky }) => ({ cards, pixels, sky }))
  // The script answers in this form.
  return askPython(script, given) as readonly PeerAnswer[]
}
