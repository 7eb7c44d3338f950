// One image, read, reprojected and written with its coverage by the library, as mProject does: node project.mjs IMAGE TEMPLATE METHOD OUT
import { readFileSync } from 'node:fs'
import { atomicFile } from '@skyloom/base/node'
import { FitsWriter, readImage } from '@skyloom/fits'
import { openFitsFile } from '@skyloom/fits/node'
import { createPixelMemory, pixelKernels } from '@skyloom/kernels'
import { AREA_SCRATCH_BYTES, CORNER_BYTES, projectBy, projectRegion, readTemplate } from '@skyloom/mosaic'
import { wcsFromKeywords } from '@skyloom/wcs'

const mark=(n)=>{const u=process.cpuUsage();console.error(n.padEnd(10),((u.user+u.system)/1e3).toFixed(0))};mark("start");
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
mark("wcs");const region = projectRegion({ wcs, width, height }, template)
const count = region.width * region.height
mark("region");const memory = createPixelMemory({ maximumBytes: 2 ** 32 - 2 ** 18 })
const imageAt = memory.alloc(4 * width * height)
await readImage(hdu, { as: 'float32', into: memory.f32(imageAt, width * height) })
mark("read");await file.close()
const plane = () => ({
  at: memory.alloc(4 * count),
  width: region.width,
  height: region.height,
  stride: region.width,
})
const target = { region, value: plane(), coverage: plane() }
const scratch = {
  cornersAt: memory.alloc(CORNER_BYTES),
  areaAt: memory.alloc(AREA_SCRATCH_BYTES),
  areaBytes: AREA_SCRATCH_BYTES,
  gridAt: memory.alloc(GRID_BYTES),
  gridBytes: GRID_BYTES,
}
const image = { plane: { at: imageAt, width, height, stride: width }, col: 0, row: 0, weightAt: 0 }
const by = { method, imageWcs: wcs, templateWcs: template.wcs, boundPx: 0.001, pixfrac: 1, isFlux: false }
mark("alloc");const errorPx = await projectBy(memory, pixelKernels(memory), image, by, target, scratch, () => undefined)

mark("project");const header = template.header.clone()
header.set('CRPIX1', header.number('CRPIX1') - region.col)
header.set('CRPIX2', header.number('CRPIX2') - region.row)
for (const [path, { at }] of [
  [outPath, target.value],
  [outPath.replace(/\.fits$/, '_area.fits'), target.coverage],
]) {
  const sink = await atomicFile(path, { overwrite: true, blocking: true })
  const writer = new FitsWriter(sink)
  const pixels = await writer.beginImage(
    { bitpix: -32, shape: [region.height, region.width] },
    header.clone(),
  )
  await pixels.writeRows(memory.f32(at, count))
  await pixels.end()
  await sink.commit()
}
console.log(`largest error of a position ${errorPx} px`)
mark("written")
