// Lets the wall clock of a process and its threads jump, up to a day forward and back, every 20 ms. Loaded with `--import`; the seed
// is in JUMP_SEED. What goes by a clock that never jumps (timers, performance.now) is left alone.
const DAY_MS = 24 * 3600 * 1000
const JUMP_EVERY_MS = 20

const startMs = Date.now()
const started = performance.now()
const seed = Number(process.env.JUMP_SEED ?? 1)

/** The same jumps at the same times for all threads. */
function jumpMs(elapsedMs) {
  const turn = Math.floor(elapsedMs / JUMP_EVERY_MS)
  const mixed = Math.imul(turn + seed, 0x9e3779b1) >>> 0
  return (mixed / 2 ** 31 - 1) * DAY_MS
}

Date.now = () => {
  const elapsedMs = performance.now() - started
  return Math.floor(startMs + elapsedMs + jumpMs(elapsedMs))
}
