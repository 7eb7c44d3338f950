// Shows a part of the first image of a FITS file. Only the bytes of that part are fetched.
import { blobSource } from '@skyloom/base'
import { httpSource, openFits, readImage, uncompressedHeader } from '@skyloom/fits'
import { frameName, pixelToSky, wcsFromKeywords } from '@skyloom/wcs'

const byId = (id) => document.getElementById(id)
const [canvas, slider, place, status] = ['view', 'stretch', 'place', 'status'].map(byId)

/** What is shown: the HDU, its coordinates, the part of it and that part's pixels. Undefined until a file is open. */
let shown
/** Counts what was asked for, so that a slow answer never replaces a later one. */
let latest = 0

byId('open').addEventListener('submit', (event) => {
  event.preventDefault()
  void open(() => httpSource(byId('url').value, { blockBytes: 16384 }))
})
byId('file').addEventListener('change', ({ target }) => {
  if (target.files.length > 0) void open(() => blobSource(target.files[0], target.files[0].name))
})
slider.addEventListener('input', draw)
canvas.addEventListener('click', (event) => {
  if (shown !== undefined) void say((turn) => show(shown, pixelUnder(event), turn))
})
canvas.addEventListener('mousemove', (event) => {
  if (shown !== undefined) place.textContent = describe(pixelUnder(event))
})

/** Opens a file and shows the middle of its first image. */
function open(source) {
  return say(async (turn) => {
    const file = await openFits(await source())
    const hdu = await firstImage(file)
    const [height, width] = hdu.shape.slice(-2)
    await show({ hdu, ...coordinates(hdu, [width, height]) }, { col: width >> 1, row: height >> 1 }, turn)
  })
}

async function firstImage(file) {
  for await (const hdu of file.hdus()) {
    if (hdu.type.endsWith('image') && hdu.shape.length >= 2) return hdu
  }
  throw new Error('there is no image in this file')
}

/** The celestial coordinates, or the reason why there are none: an image may well have none. */
function coordinates(hdu, naxis) {
  const header = hdu.type === 'compressed-image' ? uncompressedHeader(hdu) : hdu.header
  try {
    return { wcs: wcsFromKeywords((keyword) => header.get(keyword), { naxis }) }
  } catch (error) {
    return { noWcs: error.message }
  }
}

/** Reads the pixels around a place and draws them. */
async function show({ hdu, wcs, noWcs }, centre, turn) {
  const [imageHeight, imageWidth] = hdu.shape.slice(-2)
  const width = Math.min(canvas.width, imageWidth)
  const height = Math.min(canvas.height, imageHeight)
  const region = {
    col: Math.min(Math.max(0, centre.col - (width >> 1)), imageWidth - width),
    row: Math.min(Math.max(0, centre.row - (height >> 1)), imageHeight - height),
    width,
    height,
  }
  const { data } = await readImage(hdu, { region })
  if (turn !== latest) return
  shown = { hdu, wcs, noWcs, region, data, limits: limitsOf(data) }
  draw()
}

/** Darkest and brightest value of the picture: nearly all pixels lie between them. */
function limitsOf(data) {
  const sorted = data.filter(Number.isFinite).sort()
  const at = (fraction) => sorted[Math.floor(fraction * (sorted.length - 1))] ?? 0
  return { low: at(0.01), high: at(0.9999) }
}

/** Draws the pixels, first row at the bottom as FITS has it; pixels without data stay clear. */
function draw() {
  if (shown === undefined) return
  const { data, limits, region } = shown
  const { width, height } = region
  const softening = 10 ** Number(slider.value)
  const scale = 255 / Math.asinh(softening)
  const picture = new ImageData(width, height)
  for (let row = 0; row < height; row++) {
    for (let col = 0; col < width; col++) {
      const value = data[row * width + col]
      if (Number.isNaN(value)) continue
      const fraction = Math.min(1, Math.max(0, (value - limits.low) / (limits.high - limits.low || 1)))
      const grey = scale * Math.asinh(softening * fraction)
      picture.data.set([grey, grey, grey, 255], 4 * ((height - 1 - row) * width + col))
    }
  }
  const context = canvas.getContext('2d')
  context.clearRect(0, 0, canvas.width, canvas.height)
  context.putImageData(picture, 0, canvas.height - height)
}

/** The image's pixel under the mouse, from 0. */
function pixelUnder({ clientX, clientY }) {
  const { region } = shown
  const box = canvas.getBoundingClientRect()
  return {
    col: region.col + Math.floor(((clientX - box.left) * canvas.width) / box.width),
    row: region.row + canvas.height - 1 - Math.floor(((clientY - box.top) * canvas.height) / box.height),
  }
}

function describe({ col, row }) {
  const { region, data, wcs, noWcs } = shown
  const [x, y] = [col - region.col, row - region.row]
  if (x >= region.width || y >= region.height) return 'outside the image'
  // FITS counts pixels from 1.
  const sky = wcs && pixelToSky(wcs, col + 1, row + 1)
  const where =
    sky === undefined ? (noWcs ?? 'off the sky') : `${sky.lonDeg.toFixed(6)} ${sky.latDeg.toFixed(6)} (${frameName(wcs.frame)})`
  return `pixel ${col + 1} ${row + 1}, value ${data[y * region.width + x]}, sky ${where}`
}

/** Runs an action and says in the page how it went. */
async function say(action) {
  const turn = ++latest
  status.dataset.state = 'busy'
  status.textContent = 'Reading…'
  try {
    await action(turn)
    if (turn !== latest) return
    const { hdu, region } = shown
    status.dataset.state = 'shown'
    status.textContent = `${region.width} x ${region.height} of ${hdu.shape.toReversed().join(' x ')} pixels from ${hdu.source.name}, HDU ${hdu.index}. Click to move.`
  } catch (error) {
    if (turn !== latest) return
    status.dataset.state = 'failed'
    status.textContent = error.message
  }
}

const asked = new URL(location.href).searchParams.get('url')
if (asked !== null) {
  byId('url').value = new URL(asked, location.href).href
  byId('open').requestSubmit()
}
