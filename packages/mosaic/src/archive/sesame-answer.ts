import type { SkyPosition } from '@skyloom/wcs'

/**
 * The J2000 position in the answer of a Sesame service: plain text (`%J 083.82208 -05.39111 = ...`) or XML (`jradeg`, `jdedeg`).
 *
 * @returns undefined when the service does not know the object
 */
export function readSesameAnswer(text: string): SkyPosition | undefined {
  const plain = /^%J\s+([-+]?[\d.]+)\s+([-+]?[\d.]+)/m.exec(text)
  const lon = plain?.[1] ?? /<jradeg>\s*([-+]?[\d.]+)\s*<\/jradeg>/.exec(text)?.[1]
  const lat = plain?.[2] ?? /<jdedeg>\s*([-+]?[\d.]+)\s*<\/jdedeg>/.exec(text)?.[1]
  const position = { lonDeg: Number(lon ?? Number.NaN), latDeg: Number(lat ?? Number.NaN) }
  const isPosition = position.lonDeg >= 0 && position.lonDeg <= 360 && Math.abs(position.latDeg) <= 90
  return isPosition ? position : undefined
}
