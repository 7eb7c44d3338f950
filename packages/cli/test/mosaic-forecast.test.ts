import { join } from 'node:path'
import { expect, test } from 'vitest'
import { demoImages, freshFolder } from '../../../testing/folders.ts'
import { skyloom } from './command.ts'

interface Range {
  readonly low: number
  readonly high: number
}

interface Forecast {
  readonly forecast: { readonly cpuSeconds: Range; readonly peakBytes: number }
}

interface Cost {
  readonly cpuSeconds: number
  readonly peakMemoryBytes: number
}

/** Other work on the machine makes a run slower, never faster: the least counts. */
const RUNS = 3

test('the forecast of time and memory holds for the demo', { timeout: 60_000 }, async () => {
  const out = join(freshFolder(), 'out')
  const make = [
    'mosaic',
    'make',
    '--images',
    demoImages,
    '--out',
    out,
    '--jobs',
    '1',
    '--json',
    '--overwrite',
  ]
  const answer = async (...more: readonly string[]): Promise<string> => {
    const { code, stdout, stderr } = await skyloom(...make, ...more)
    expect(code, stderr).toBe(0)
    return stdout
  }
  const { forecast } = JSON.parse(await answer('--dry-run')) as Forecast
  expect(forecast.cpuSeconds.high / forecast.cpuSeconds.low).toBeCloseTo(2.25)
  const costs = []
  for (let run = 0; run < RUNS; run++) costs.push(JSON.parse(await answer()) as Cost)
  const cpuSeconds = Math.min(...costs.map((one) => one.cpuSeconds))
  const peakBytes = Math.max(...costs.map((one) => one.peakMemoryBytes))
  expect(cpuSeconds).toBeGreaterThan(forecast.cpuSeconds.low)
  expect(cpuSeconds).toBeLessThan(forecast.cpuSeconds.high)
  expect(peakBytes).toBeLessThan(1.5 * forecast.peakBytes)
  expect(peakBytes).toBeGreaterThan(forecast.peakBytes / 1.5)
})
