// Time of one call against another in the same process: samples in turn, the least of each. What else the machine does makes samples longer,
// never shorter, and hits both alike.

const SAMPLE_MS = 0.5
const WARM_MS = 60
const ROUNDS = 40
/** A ratio that looks like a loss is measured again, so often at most: chance does not lose all the time, a slow kernel does. */
const MORE_TURNS = 5

/** Runs a call for a while, so that it is compiled for good; gives how many calls make a sample. */
function warm(run) {
  const end = performance.now() + WARM_MS
  let calls = 0
  while (performance.now() < end) {
    run()
    calls++
  }
  return Math.max(1, Math.round((calls * SAMPLE_MS) / WARM_MS))
}

function sample(run, calls) {
  const start = performance.now()
  for (let call = 0; call < calls; call++) run()
  return performance.now() - start
}

/** Least time of `run` over least time of `reference`; measured longer while it is above `allowed`. */
export function timeRatio(run, reference, allowed) {
  warm(run)
  const calls = warm(reference)
  let [own, other] = [Infinity, Infinity]
  for (let turn = 0; turn <= MORE_TURNS; turn++) {
    for (let round = 0; round < ROUNDS; round++) {
      // Who comes first changes, so that neither always finds the caches as the other leaves them.
      if (round % 2 === 0) own = Math.min(own, sample(run, calls))
      other = Math.min(other, sample(reference, calls))
      if (round % 2 === 1) own = Math.min(own, sample(run, calls))
    }
    if (own / other <= allowed) break
  }
  return own / other
}
