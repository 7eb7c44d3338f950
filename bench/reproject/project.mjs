// One image, read, reprojected and written with its coverage by the library, as mProject does: node project.mjs IMAGE TEMPLATE METHOD OUT
import { readFileSync } from 'node:fs'
import { atomicFile } from '@skyloom/base/node'
import { FitsWriter, readImage } from '@skyloom/fits'
import { openFitsFile } from '@skyloom/fits/node'
import { createPixelMemory, pixelKernels } from '@skyloom/kernels'
import { AREA_SCRATCH_BYTES, CORNER_BYTES, projectBy, projectRegion, readTemplate } from '@skyloom/mosaic'
import { wcsFromKeywords } from '@skyloom/wcs'

const [imagePath, templatePath, method, outPath] = process.argv.slice(2)
const GRID_BYTES = 16 * 2 ** 20

const template = readTemplate(readFileSync(templatePath, 'latin1'), templatePath)
const file = await openFitsFile(imagePath, { blocking: true })
const hdu = await file.hdu(0)
const [height, width] = hdu.shape
const wcs = wcsFromKeywords((keyword) => hdu.header.card(keyword)?.value, {
  name: imagePath,
  naxis: [width, height],
})
const region = projectRegion({ wcs, width, height }, template)
/** Rows of the output that are made at a time: their memory is used again. */
const BAND_ROWS = 256
const bandPixels = region.width * Math.min(BAND_ROWS, region.height)
const memory = createPixelMemory({ maximumBytes: 2 ** 32 - 2 ** 18 })
const imageAt = memory.alloc(4 * width * height)
await readImage(hdu, { as: 'float32', into: memory.f32(imageAt, width * height) })
await file.close()
const [valueAt, coverageAt] = [memory.alloc(4 * bandPixels), memory.alloc(4 * bandPixels)]
const scratch = {
  cornersAt: memory.alloc(CORNER_BYTES),
  areaAt: memory.alloc(AREA_SCRATCH_BYTES),
  areaBytes: AREA_SCRATCH_BYTES,
  gridAt: memory.alloc(GRID_BYTES),
  gridBytes: GRID_BYTES,
}
const image = { plane: { at: imageAt, width, height, stride: width }, col: 0, row: 0, weightAt: 0 }
const by = { method, imageWcs: wcs, templateWcs: template.wcs, boundPx: 0.001, pixfrac: 1, isFlux: false }
const kernels = pixelKernels(memory)

const header = template.header.clone()
header.set('CRPIX1', header.number('CRPIX1') - region.col)
header.set('CRPIX2', header.number('CRPIX2') - region.row)
const outputs = []
for (const [path, at] of [
  [outPath, valueAt],
  [outPath.replace(/\.fits$/, '_area.fits'), coverageAt],
]) {
  const sink = await atomicFile(path, { overwrite: true, blocking: true })
  const shape = [region.height, region.width]
  const pixels = await new FitsWriter(sink).beginImage({ bitpix: -32, shape }, header.clone())
  outputs.push({ sink, pixels, at })
}
let errorPx = 0
for (let row = 0; row < region.height; row += BAND_ROWS) {
  const band = { ...region, row: region.row + row, height: Math.min(BAND_ROWS, region.height - row) }
  const plane = (at) => ({ at, width: band.width, height: band.height, stride: band.width })
  const target = { region: band, value: plane(valueAt), coverage: plane(coverageAt) }
  const accuracy = await projectBy(memory, kernels, image, by, target, scratch, () => undefined)
  errorPx = Math.max(errorPx, accuracy.maxErrorPx)
  for (const { pixels, at } of outputs) await pixels.writeRows(memory.f32(at, band.width * band.height))
}
for (const { pixels, sink } of outputs) {
  await pixels.end()
  await sink.commit()
}
console.log(`largest error of a position ${errorPx} px`)
