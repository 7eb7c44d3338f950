// Stacks of rows: which of their planes cover which columns. Every entry of a stack says so at the same place of its record.

/** First column that the entries found by `findRun` do not cover in the same way. */
export let runEnd: i32 = 0

/**
 * Lists the entries that cover a column, and sets `runEnd` to how far the same ones do: up to there no lane needs a column test.
 *
 * @returns how many there are
 */
export function findRun(list: usize, entriesAt: usize, entryBytes: usize, entryCount: i32, col: i32, endCol: i32): i32 {
  let used = 0
  runEnd = endCol
  for (let k = 0; k < entryCount; k++) {
    const entry = entriesAt + <usize>k * entryBytes
    const from = load<i32>(entry, 8)
    const to = load<i32>(entry, 12)
    if (from <= col && to > col) {
      store<usize>(list + (<usize>used << 2), entry)
      used++
      runEnd = min(runEnd, to)
    } else if (from > col && to > from) {
      runEnd = min(runEnd, from)
    }
  }
  return used
}
