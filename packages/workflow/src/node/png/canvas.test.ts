import { inflateSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { Canvas, parseColour } from './canvas.ts'
import { encodePng } from './encode-png.ts'
import { letterColumns } from './font.ts'

const BLACK = [0, 0, 0] as const

/** Rows of a canvas: `.` white, `#` black, digits between. */
function rows(canvas: Canvas): readonly string[] {
  const mark = (value: number): string =>
    value === 255 ? '.' : value === 0 ? '#' : String(Math.floor(value / 25.6))
  return Array.from({ length: canvas.height }, (_, row) =>
    Array.from({ length: canvas.width }, (_, col) => mark(canvas.data[(row * canvas.width + col) * 3]!)).join(
      '',
    ),
  )
}

test('boxes have a border and are cut off at the edges', () => {
  const canvas = new Canvas(6, 4)
  canvas.box(1, 1, 8, 8, 1, [255, 255, 255], BLACK)
  expect(rows(canvas)).toEqual(['......', '.#####', '.#....', '.#....'])
})

test('lines are smooth, in every direction', () => {
  const flat = new Canvas(4, 2)
  flat.line(0, 0.5, 4, 0.5, BLACK, 1)
  expect(rows(flat)).toEqual(['4444', '4444'])
  const up = new Canvas(3, 3)
  up.line(1, 3, 1, 0, BLACK, 1)
  expect(rows(up)).toEqual(['.#.', '.#.', '.#.'])
  const outside = new Canvas(2, 2)
  outside.line(-5, -5, -1, -9, BLACK, 1)
  expect(rows(outside)).toEqual(['..', '..'])
})

test('letters are drawn dot by dot', () => {
  const canvas = new Canvas(6, 8)
  canvas.text(0, 0, 'T', 1, BLACK)
  expect(rows(canvas).slice(0, 7)).toEqual([
    '#####.',
    '..#...',
    '..#...',
    '..#...',
    '..#...',
    '..#...',
    '..#...',
  ])
  expect(letterColumns('ä')).toHaveLength(5)
  for (let code = 32; code < 127; code++) {
    const columns = letterColumns(String.fromCharCode(code))
    expect(columns.length === 5 && columns.every((dots) => dots >= 0 && dots < 256)).toBe(true)
  }
})

test('a PNG has the chunks, checksums and rows of the specification', () => {
  const canvas = new Canvas(2, 1)
  canvas.fill(1, 0, 1, 1, parseColour('#9ecae1'))
  const png = Buffer.from(encodePng(canvas))
  const types: string[] = []
  for (let at = 8; at < png.length; at += 12 + png.readUInt32BE(at))
    types.push(png.toString('latin1', at + 4, at + 8))
  expect(types).toEqual(['IHDR', 'IDAT', 'IEND'])
  // CRC of the empty IEND chunk, as every PNG has it.
  expect(png.subarray(-4).toString('hex')).toBe('ae426082')
  const length = png.readUInt32BE(33)
  expect([...inflateSync(png.subarray(41, 41 + length))]).toEqual([0, 255, 255, 255, 0x9e, 0xca, 0xe1])
})
