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
    rowFromGrid(gridXAt + nodes, gridYAt + nodes, nodePitch, nodeCols, u, startCol, endCol, step, cornersXAt, cornersYAt)
    cornersXAt += rowBytes
    cornersYAt += rowBytes
  }
  return 0
}

/**
 * One row of corners; `nodesX` and `nodesY` are the first of the four node rows around it. Both coordinates go together: their
 * place in the cell is the same.
 */
function rowFromGrid(
  nodesX: usize, nodesY: usize, nodePitch: usize, nodeCols: i32, u: f64, startCol: i32, endCol: i32, step: i32,
  outX: usize, outY: usize,
): void {
  const w0 = (-u * (u - 1) * (u - 2)) / 6
  const w1 = ((u + 1) * (u - 1) * (u - 2)) / 2
  const w2 = (-(u + 1) * u * (u - 2)) / 2
  const w3 = ((u + 1) * u * (u - 1)) / 6
  const two = f64x2.splat(2)
  const reciprocal = f64x2.splat(1 / <f64>step)
  const lastCell = nodeCols - 3
  const half = f64x2.splat(0.5)
  const three = f64x2.splat(3)
  const six = f64x2.splat(6)
  let col = startCol
  let cell = min(col / step, lastCell)
  let skip = <usize>(cell - 1) << 3
  // Columns of nodes, lanes x and y; the first is made up so that all cells begin with a step to the right.
  let v0 = f64x2.splat(0)
  let v1 = column(nodesX + skip, nodesY + skip, nodePitch, w0, w1, w2, w3)
  let v2 = column(nodesX + skip + 8, nodesY + skip + 8, nodePitch, w0, w1, w2, w3)
  let v3 = column(nodesX + skip + 16, nodesY + skip + 16, nodePitch, w0, w1, w2, w3)
  for (; col <= endCol; cell++) {
    v0 = v1
    v1 = v2
    v2 = v3
    v3 = column(nodesX + skip + 24, nodesY + skip + 24, nodePitch, w0, w1, w2, w3)
    skip += 8
    const c1 = f64x2.sub(f64x2.sub(f64x2.sub(v2, f64x2.div(v0, three)), f64x2.mul(v1, half)), f64x2.div(v3, six))
    const c2 = f64x2.sub(f64x2.mul(f64x2.add(v0, v2), half), v1)
    const c3 = f64x2.add(f64x2.div(f64x2.sub(v3, v0), six), f64x2.mul(f64x2.sub(v1, v2), half))
    // The last inner node belongs to the cell before it.
    const end = cell == lastCell ? endCol + 1 : min((cell + 1) * step, endCol + 1)
    const origin = cell * step
    const x0 = v128.shuffle<f64>(v1, v1, 0, 0)
    const x1 = v128.shuffle<f64>(c1, c1, 0, 0)
    const x2 = v128.shuffle<f64>(c2, c2, 0, 0)
    const x3 = v128.shuffle<f64>(c3, c3, 0, 0)
    const y0 = v128.shuffle<f64>(v1, v1, 1, 1)
    const y1 = v128.shuffle<f64>(c1, c1, 1, 1)
    const y2 = v128.shuffle<f64>(c2, c2, 1, 1)
    const y3 = v128.shuffle<f64>(c3, c3, 1, 1)
    let place = f64x2(<f64>(col - origin), <f64>(col + 1 - origin))
    for (; col < end; col += 2) {
      const t = f64x2.mul(place, reciprocal)
      const x = f64x2.add(x0, f64x2.mul(t, f64x2.add(x1, f64x2.mul(t, f64x2.add(x2, f64x2.mul(t, x3))))))
      const y = f64x2.add(y0, f64x2.mul(t, f64x2.add(y1, f64x2.mul(t, f64x2.add(y2, f64x2.mul(t, y3))))))
      place = f64x2.add(place, two)
      if (col + 1 == end) {
        v128.store64_lane(outX, x, 0)
        v128.store64_lane(outY, y, 0)
        outX += 8
        outY += 8
        col = end
        break
      }
      v128.store(outX, x)
      v128.store(outY, y)
      outX += 16
      outY += 16
    }
    // The last inner node has the value that the cell after it would give, to the last bit.
    if (col == endCol + 1 && endCol - origin == step) {
      v128.store64_lane(outX - 8, v2, 0)
      v128.store64_lane(outY - 8, v2, 1)
    }
  }
}

/** One column of four nodes of both coordinates at the row's height. */
function column(nodeX: usize, nodeY: usize, pitch: usize, w0: f64, w1: f64, w2: f64, w3: f64): v128 {
  const a = f64x2.mul(f64x2.splat(w0), pairOf(nodeX, nodeY))
  const b = f64x2.mul(f64x2.splat(w1), pairOf(nodeX + pitch, nodeY + pitch))
  const c = f64x2.mul(f64x2.splat(w2), pairOf(nodeX + 2 * pitch, nodeY + 2 * pitch))
  const d = f64x2.mul(f64x2.splat(w3), pairOf(nodeX + 3 * pitch, nodeY + 3 * pitch))
  return f64x2.add(f64x2.add(f64x2.add(a, b), c), d)
}

function pairOf(xAt: usize, yAt: usize): v128 {
  return v128.load64_lane(yAt, v128.load64_zero(xAt), 1)
}
