import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { promisify } from 'node:util'
import type { MosaicOptions } from '@skyloom/mosaic'
import { planMosaic } from '@skyloom/mosaic/node'
import { expect, test } from 'vitest'
import { demoImages, freshFolder } from '../../../testing/folders.ts'

/** CPU time of a process that makes a mosaic, its start included, and its peak. */
const PROGRAM = `
import { makeMosaic } from '${import.meta.resolve('@skyloom/mosaic/node')}'
const { peakMemoryBytes } = await makeMosaic(JSON.parse(process.argv[1]))
const { user, system } = process.cpuUsage()
process.stdout.write(JSON.stringify({ cpuSeconds: (user + system) / 1e6, peakMemoryBytes }))
`
/** Other work on the machine makes a run slower, never faster: the least counts. */
const RUNS = 3

async function cost(options: MosaicOptions): Promise<{ cpuSeconds: number; peakMemoryBytes: number }> {
  const program = ['--input-type=module', '--eval', PROGRAM, JSON.stringify(options)]
  const { stdout } = await promisify(execFile)(process.execPath, program)
  return JSON.parse(stdout) as { cpuSeconds: number; peakMemoryBytes: number }
}

test('the forecast of time and memory holds for the demo', { timeout: 60_000 }, async () => {
  const folder = freshFolder()
  const options = { imagesDir: demoImages, outDir: join(folder, 'out'), threads: 1, overwrite: true }
  const { forecast } = await planMosaic(options)
  expect(forecast.cpuSeconds.high / forecast.cpuSeconds.low).toBeCloseTo(2.25)
  const costs = []
  for (let run = 0; run < RUNS; run++) costs.push(await cost(options))
  const cpuSeconds = Math.min(...costs.map((one) => one.cpuSeconds))
  const peakBytes = Math.max(...costs.map((one) => one.peakMemoryBytes))
  expect(cpuSeconds).toBeGreaterThan(forecast.cpuSeconds.low)
  expect(cpuSeconds).toBeLessThan(forecast.cpuSeconds.high)
  expect(peakBytes).toBeLessThan(1.5 * forecast.peakBytes)
  expect(peakBytes).toBeGreaterThan(forecast.peakBytes / 1.5)
})
