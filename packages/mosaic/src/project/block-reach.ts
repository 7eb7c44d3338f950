import type { ApproximateMap } from '@skyloom/wcs'
import type { Region } from '../region.ts'

/** Interpolation may reach this far beyond the nodes around a block, in pixels of the grid's target. */
const NODE_MARGIN = 2

/**
 * False when a block cannot touch a region of the grid that the map leads to: all nodes around the block are known and lie to one side.
 *
 * @param grid either way: from the template to an image (`projectImage`), or from an image to the template (overlaps)
 * @param block pixels of the grid that is mapped
 * @param target pixels of the grid that the map leads to
 */
export function mayTouch(grid: ApproximateMap, block: Region, target: Region): boolean {
  if (nodeInside(grid, block, target)) return true
  const nodeBox = nodesAround(grid, block)
  if (nodeBox === undefined) return true
  const { left, right, bottom, top } = nodeBox
  return (
    right >= target.col - NODE_MARGIN &&
    left <= target.col + target.width + NODE_MARGIN &&
    top >= target.row - NODE_MARGIN &&
    bottom <= target.row + target.height + NODE_MARGIN
  )
}

/** True when the first node in a block is known and lies in the target, as it does for most blocks. */
function nodeInside(grid: ApproximateMap, block: Region, target: Region): boolean {
  const nodeCol = Math.ceil((block.col - grid.originCol) / grid.step)
  const nodeRow = Math.ceil((block.row - grid.originRow) / grid.step)
  if (nodeCol < 0 || nodeCol >= grid.nodeCols || nodeRow < 0 || nodeRow >= grid.nodeRows) return false
  if (grid.originCol + nodeCol * grid.step > block.col + block.width) return false
  if (grid.originRow + nodeRow * grid.step > block.row + block.height) return false
  const x = grid.x[nodeRow * grid.nodeCols + nodeCol]!
  const y = grid.y[nodeRow * grid.nodeCols + nodeCol]!
  return (
    x >= target.col && x <= target.col + target.width && y >= target.row && y <= target.row + target.height
  )
}

interface Box {
  readonly left: number
  readonly right: number
  readonly bottom: number
  readonly top: number
}

/** Extent of the nodes around a block and of the ring beyond them; undefined when one has no place. */
function nodesAround(grid: ApproximateMap, block: Region): Box | undefined {
  const clampCol = (node: number): number => Math.min(grid.nodeCols - 1, Math.max(0, node))
  const clampRow = (node: number): number => Math.min(grid.nodeRows - 1, Math.max(0, node))
  const firstCol = clampCol(Math.floor((block.col - grid.originCol) / grid.step) - 1)
  const lastCol = clampCol(Math.ceil((block.col + block.width - grid.originCol) / grid.step) + 1)
  const firstRow = clampRow(Math.floor((block.row - grid.originRow) / grid.step) - 1)
  const lastRow = clampRow(Math.ceil((block.row + block.height - grid.originRow) / grid.step) + 1)
  let [left, right, bottom, top] = [Infinity, -Infinity, Infinity, -Infinity]
  for (let row = firstRow; row <= lastRow; row++) {
    for (let col = firstCol; col <= lastCol; col++) {
      const x = grid.x[row * grid.nodeCols + col]!
      const y = grid.y[row * grid.nodeCols + col]!
      if (!(Number.isFinite(x) && Number.isFinite(y))) return undefined
      left = Math.min(left, x)
      right = Math.max(right, x)
      bottom = Math.min(bottom, y)
      top = Math.max(top, y)
    }
  }
  return { left, right, bottom, top }
}
