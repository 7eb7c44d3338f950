// Guard against slower kernels: the build at hand against the one that was accepted last, whose WebAssembly modules are kept in
// bench/guard/accepted.json. Both run in this process in turn, so the expected ratio is 1 on every machine; the guard fails above 1.15.
//   npm run bench -- guard                     measure, fail on a loss
//   npm run bench -- guard --accept            the build at hand becomes the accepted one
//   npm run bench -- guard --pixels FILE.wasm  measure another build of the pixel kernels, such as the debug build
import { readFileSync, writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { createPixelMemory, wasmCodecKernels, wasmKernels } from '@skyloom/kernels'
import { codecsWasm } from '../../packages/kernels/dist/generated/codecs.js'
import { pixelsWasm } from '../../packages/kernels/dist/generated/pixels.js'
import { machine, store } from '../support/measure.mjs'
import { timeRatio } from './compare.mjs'
import { codecCases, pixelCases } from './kernel-cases.mjs'

const ALLOWED = 1.15
const ACCEPTED = new URL('accepted.json', import.meta.url)

const { values: flags } = parseArgs({ options: { accept: { type: 'boolean' }, pixels: { type: 'string' } } })

/** Cases of a build, and how many arguments each of its functions takes. */
function openBuild(pixels, codecs) {
  const memory = createPixelMemory({ maximumBytes: 64 * 1024 ** 2 })
  const pixelKernels = wasmKernels(memory, new WebAssembly.Module(pixels))
  const codecKernels = wasmCodecKernels(new WebAssembly.Module(codecs))
  const cases = new Map([...pixelCases(memory, pixelKernels), ...codecCases(codecKernels)])
  return { cases, argumentCount: (name) => ({ ...codecKernels, ...pixelKernels })[name]?.length }
}

/** The kernel of a case: the first word of its name. */
const kernelOf = (name) => /^\w+/.exec(name)[0]

const bytes = (base64) => Buffer.from(base64, 'base64')

if (flags.accept === true) {
  writeFileSync(ACCEPTED, `${JSON.stringify({ pixels: pixelsWasm, codecs: codecsWasm }, null, 2)}\n`)
  console.log('accepted: losses are counted from this build on')
} else {
  const accepted = JSON.parse(readFileSync(ACCEPTED, 'utf8'))
  const pixels = flags.pixels === undefined ? bytes(pixelsWasm) : readFileSync(flags.pixels)
  const ours = openBuild(pixels, bytes(codecsWasm))
  const before = openBuild(bytes(accepted.pixels), bytes(accepted.codecs))
  console.log(`time against the accepted build, at most ${ALLOWED}; ${machine()}`)
  const rows = [...ours.cases].map(([name, run]) => {
    // What takes other arguments cannot be called with these: NaN, which is a failure.
    const isSame = ours.argumentCount(kernelOf(name)) === before.argumentCount(kernelOf(name))
    return { name, ratio: isSame ? timeRatio(run, before.cases.get(name), ALLOWED) : Number.NaN }
  })
  const losses = rows.filter(({ ratio }) => !(ratio <= ALLOWED))
  for (const { name, ratio } of rows)
    console.log(
      `${name.padEnd(26)}${ratio.toFixed(3)}${ratio <= ALLOWED ? '' : ratio > ALLOWED ? '  SLOWER' : '  OTHER ARGUMENTS'}`,
    )
  if (losses.length > 0) {
    console.log(`${losses.length} of ${rows.length} kernels are slower or cannot be compared`)
    console.log('next: make them fast again, or say why and run: npm run bench -- guard --accept')
    process.exitCode = 1
  }
  if (flags.pixels === undefined) store('guard', new Map([['kernels', rows]]), { allowed: ALLOWED })
}
