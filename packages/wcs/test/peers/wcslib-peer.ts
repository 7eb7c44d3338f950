import { execFileSync, spawnSync } from 'node:child_process'
import { fileURLToPath } from 'node:url'
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

const SCRIPT = fileURLToPath(new URL('wcslib_peer.py', import.meta.url))

/** A Python that has astropy, undefined when there is none; under CI that is an error. */
export function findPython(): string | undefined {
  const candidates = [process.env.SKYLOOM_PYTHON, 'python3', '/usr/bin/python3']
  const python = candidates.find(
    (name) =>
      name !== undefined && spawnSync(name, ['-c', 'import astropy.wcs'], { stdio: 'ignore' }).status === 0,
  )
  if (python === undefined && process.env.CI === 'true') {
    throw new Error('tests against wcslib need a Python with astropy; set SKYLOOM_PYTHON')
  }
  return python
}

/** Asks wcslib, through astropy. */
export function askPeer(python: string, cases: readonly PeerCase[]): readonly PeerAnswer[] {
  const output = execFileSync(python, [SCRIPT], {
    input: JSON.stringify(cases),
    encoding: 'utf8',
    maxBuffer: 1 << 30,
    stdio: ['pipe', 'pipe', 'ignore'],
  })
  return (JSON.parse(output) as { answers: PeerAnswer[] }).answers
}
