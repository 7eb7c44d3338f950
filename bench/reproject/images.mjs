// A made-up image of stars on a slope, and a template turned against it by 17 degrees.
import { atomicFile } from '@skyloom/base/node'
import { Header, writeImage } from '@skyloom/fits'

const ANGLE = (17 / 180) * Math.PI
const SCALE_DEG = 1 / 3600

/** Writes the image: tangent plane, pixels of an arcsecond. */
export async function makeImage(path, width, height) {
  const data = new Float32Array(width * height)
  for (let row = 0; row < height; row++) {
    for (let col = 0; col < width; col++) {
      const star = 0.5 * (Math.cos(col * 0.7) * Math.cos(row * 0.61) + 1)
      data[row * width + col] = 100 + 0.01 * col - 0.005 * row + 50 * star ** 4
    }
  }
  const header = new Header()
  for (const [keyword, value] of cards(width, height, 0, 83.8)) header.set(keyword, value)
  await writeImage(await atomicFile(path, { overwrite: true }), header, { width, height, data })
}

/** The template as text, as large as holds the turned image. */
export function templateText(width, height) {
  const [c, s] = [Math.cos(ANGLE), Math.sin(ANGLE)]
  const across = Math.ceil(c * width + s * height) + 20
  const up = Math.ceil(s * width + c * height) + 20
  const all = [
    ['SIMPLE', true],
    ['BITPIX', -64],
    ['NAXIS', 2],
    ['NAXIS1', across],
    ['NAXIS2', up],
    ...cards(across, up, ANGLE, 83.81),
  ]
  return `${all.map(([keyword, value]) => `${keyword.padEnd(8)}= ${text(value)}`).join('\n')}\nEND\n`
}

function text(value) {
  if (typeof value === 'string') return `'${value.padEnd(8)}'`
  return typeof value === 'boolean' ? 'T'.padStart(20) : String(value).padStart(20)
}

function cards(width, height, angle, lonDeg) {
  const [c, s] = [SCALE_DEG * Math.cos(angle), SCALE_DEG * Math.sin(angle)]
  return [
    ['CTYPE1', 'RA---TAN'],
    ['CTYPE2', 'DEC--TAN'],
    ['EQUINOX', 2000],
    ['CRVAL1', lonDeg],
    ['CRVAL2', -5.4],
    ['CRPIX1', (width + 1) / 2],
    ['CRPIX2', (height + 1) / 2],
    ['CD1_1', -c],
    ['CD1_2', s],
    ['CD2_1', s],
    ['CD2_2', c],
  ]
}
