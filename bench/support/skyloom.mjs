// Runs `skyloom mosaic make` as a process of its own and measures it.
import { rmSync } from 'node:fs'
import { resolve } from 'node:path'
import { measure } from './measure.mjs'

const skyloom = resolve('packages/cli/bin/skyloom.js')

/**
 * One whole mosaic into a folder that is emptied before.
 *
 * @returns the measurement, with the summary that the command prints as `summary`
 */
export function mosaicRun(images, out, options = []) {
  rmSync(out, { recursive: true, force: true })
  // Recorded beside the products, not in the registry of who measures.
  const place = ['--registry', `${out}-registry.db`]
  const args = [skyloom, 'mosaic', 'make', '--images', images, '--out', out, ...place, '--json', ...options]
  const { stdout, ...measured } = measure(process.execPath, args, { maxBuffer: 1024 ** 3 })
  return { ...measured, summary: JSON.parse(stdout) }
}

/** Checksums of the images of a run: equal texts are equal bytes. */
export function imageSums({ products }) {
  const images = products.filter(({ name }) => name.endsWith('.fits'))
  return images.map(({ name, sha256 }) => `${name} ${sha256}`).join('\n')
}
