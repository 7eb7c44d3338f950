const isFull = process.env['SKYLOOM_FAULTS'] === 'full'

/** How much the fault tests do: a little in every test run, all of it by `npm run faults -- --full`. */
export interface FaultAmounts {
  /** Runs that are killed at random. */
  readonly runs: number
  /** Images of each of them; 5.3 jobs an image. */
  readonly images: number
  /** Every so many file operations one fails. */
  readonly operationStep: number
  /** Passes of a step before the engine is killed there. */
  readonly stepPasses: readonly number[]
  /** Rounds of killing and stopping programs, spawner and engine. */
  readonly rounds: number
  readonly seed: number
}

/** The amounts of this test run, from `SKYLOOM_FAULTS=full`, `FAULT_RUNS`, `FAULT_IMAGES` and `FAULT_SEED`. */
export const amounts: FaultAmounts = {
  runs: given('FAULT_RUNS', isFull ? 200 : 2),
  images: given('FAULT_IMAGES', isFull ? 1880 : 40),
  operationStep: isFull ? 1 : 83,
  stepPasses: isFull ? [0, 1, 2, 3, 5, 8, 13, 21] : [0, 7],
  rounds: isFull ? 30 : 1,
  seed: given('FAULT_SEED', isFull ? Date.now() % 1_000_000 : 20_261_122),
}

function given(name: string, otherwise: number): number {
  const value = Number(process.env[name])
  return Number.isInteger(value) && value > 0 ? value : otherwise
}
