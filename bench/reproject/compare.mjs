// How well a reprojected image agrees with that of a peer.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { loadImage } from '../mosaic/agreement.mjs'

/** Names under which peers leave their images. */
const OUTPUTS = { mProjectPP: 'mProjectPP.fits', SWarp: 'image.resamp.fits' }
/** Pixels at the border that are not compared: peers fill them differently. */
const MARGIN = 8

/** Differences of pixels that have data all around, in parts of the range of values; undefined without the peer's image. */
export async function compareImages(path, peer, folder) {
  const peerPath = join(folder, OUTPUTS[peer])
  if (!existsSync(peerPath)) return undefined
  const [a, b] = [await loadImage(path), await loadImage(peerPath)]
  const [dx, dy] = [Math.round(b.x - a.x), Math.round(b.y - a.y)]
  const differences = []
  let [low, high] = [Infinity, -Infinity]
  const has = (image, col, row) => {
    const value = image.data[row * image.width + col]
    return (
      col >= 0 && col < image.width && row >= 0 && row < image.height && Number.isFinite(value) && value !== 0
    )
  }
  for (let row = MARGIN; row < a.height - MARGIN; row++) {
    for (let col = MARGIN; col < a.width - MARGIN; col++) {
      const corners = [-MARGIN, MARGIN].flatMap((v) => [-MARGIN, MARGIN].map((u) => [col + u, row + v]))
      if (!corners.every(([i, j]) => has(a, i, j) && has(b, i + dx, j + dy))) continue
      const value = a.data[row * a.width + col]
      low = Math.min(low, value)
      high = Math.max(high, value)
      differences.push(Math.abs(value - b.data[(row + dy) * b.width + col + dx]))
    }
  }
  const sorted = Float64Array.from(differences, (difference) => difference / (high - low)).sort()
  return { pixels: sorted.length, p99: sorted[Math.floor(0.99 * sorted.length)], max: sorted.at(-1) }
}
