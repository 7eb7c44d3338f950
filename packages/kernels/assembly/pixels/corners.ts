// Corner positions of a tile from a coarse grid: 4x4 cubic Lagrange interpolation, first in y, then per cell in x.

export function cornersFromGrid(
  gridXAt: usize, gridYAt: usize, nodeCols: i32, nodeRows: i32, originCol: i32, originRow: i32, step: i32,
  tileCol: i32, tileRow: i32, tileWidth: i32, tileHeight: i32, cornersXAt: usize, cornersYAt: usize,
): i32 {
  const startCol = tileCol - originCol
  const startRow = tileRow - originRow
  if (nodeCols < 4 || nodeRows < 4 || startCol < step || startRow < step) return 1
  if (startCol + tileWidth > (nodeCols - 2) * step || startRow + tileHeight > (nodeRows - 2) * step) return 1
  const nodePitch = <usize>nodeCols << 3
  const rowBytes = <usize>(tileWidth + 1) << 3
  const endCol = startCol + tileWidth
  for (let row = startRow; row <= startRow + tileHeight; row++) {
    const cellRow = min(row / step, nodeRows - 3)
    const nodes = <usize>(cellRow - 1) * nodePitch
    const u = <f64>(row - cellRow * step) / <f64>step
    rowFromGrid(gridXAt + nodes, nodePitch, nodeCols, u, startCol, endCol, step, cornersXAt)
    rowFromGrid(gridYAt + nodes, nodePitch, nodeCols, u, startCol, endCol, step, cornersYAt)
    cornersXAt += rowBytes
    cornersYAt += rowBytes
  }
  return 0
}

/** One row of corners of one coordinate; `nodes` is the first of the four node rows around it. */
function rowFromGrid(
  nodes: usize, nodePitch: usize, nodeCols: i32, u: f64, startCol: i32, endCol: i32, step: i32, out: usize,
): void {
  const w0 = (-u * (u - 1) * (u - 2)) / 6
  const w1 = ((u + 1) * (u - 1) * (u - 2)) / 2
  const w2 = (-(u + 1) * u * (u - 2)) / 2
  const w3 = ((u + 1) * u * (u - 1)) / 6
  const size = <f64>step
  const lastCell = nodeCols - 3
  let col = startCol
  while (col <= endCol) {
    const cell = min(col / step, lastCell)
    const node = nodes + (<usize>(cell - 1) << 3)
    const v0 = column(node, nodePitch, w0, w1, w2, w3)
    const v1 = column(node + 8, nodePitch, w0, w1, w2, w3)
    const v2 = column(node + 16, nodePitch, w0, w1, w2, w3)
    const v3 = column(node + 24, nodePitch, w0, w1, w2, w3)
    const c1 = v2 - v0 / 3 - v1 / 2 - v3 / 6
    const c2 = (v0 + v2) / 2 - v1
    const c3 = (v3 - v0) / 6 + (v1 - v2) / 2
    // The last inner node belongs to the cell before it.
    const end = cell == lastCell ? endCol + 1 : min((cell + 1) * step, endCol + 1)
    const origin = cell * step
    const p0 = f64x2.splat(v1)
    const p1 = f64x2.splat(c1)
    const p2 = f64x2.splat(c2)
    const p3 = f64x2.splat(c3)
    const sizes = f64x2.splat(size)
    for (; col <= end - 2; col += 2) {
      const t = f64x2.div(f64x2(<f64>(col - origin), <f64>(col + 1 - origin)), sizes)
      const inner = f64x2.add(p1, f64x2.mul(t, f64x2.add(p2, f64x2.mul(t, p3))))
      v128.store(out, f64x2.add(p0, f64x2.mul(t, inner)))
      out += 16
    }
    if (col < end) {
      const t = <f64>(col - origin) / size
      store<f64>(out, v1 + t * (c1 + t * (c2 + t * c3)))
      out += 8
      col++
    }
    // The last inner node has the value that the cell after it would give, to the last bit.
    if (col == endCol + 1 && endCol - origin == step) store<f64>(out - 8, v2)
  }
}

function column(node: usize, pitch: usize, w0: f64, w1: f64, w2: f64, w3: f64): f64 {
  return (
    w0 * load<f64>(node) + w1 * load<f64>(node + pitch) + w2 * load<f64>(node + 2 * pitch) +
    w3 * load<f64>(node + 3 * pitch)
  )
}
