import { spawnSync } from 'node:child_process'
import { repositoryRoot } from '../../../../testing/folders.ts'

const isFull = process.env['SKYLOOM_FAULTS'] === 'full'

/** How much the fault tests do: a little in every test run, all of it by `npm run faults -- --full`. */
export interface FaultAmounts {
  /** Runs that are killed at random. */
  readonly runs: number
  /** Images of each of them; 4.5 jobs an image. */
  readonly images: number
  /** Of so many file operations one fails. */
  readonly operationStep: number
  /** Of those of programs, spawner and engines that take over, whose runs take longer. */
  readonly programStep: number
  /** The first that fails. In parts of the whole it depends on the commit, so that each commit tries others and always the same. */
  firstOperation(step: number): number
  /** Passes of a step before the engine is killed there. */
  readonly stepPasses: readonly number[]
  /** Rounds of killing and stopping programs, spawner and engine. */
  readonly rounds: number
  readonly seed: number
}

/** The amounts of this test run, from `SKYLOOM_FAULTS=full`, `FAULT_RUNS`, `FAULT_IMAGES`, `FAULT_SEED`, `FAULT_OPERATION` and `FAULT_STEP`. */
export const amounts: FaultAmounts = {
  runs: given('FAULT_RUNS', isFull ? 200 : 2),
  images: given('FAULT_IMAGES', isFull ? 2221 : 40),
  operationStep: given('FAULT_STEP', isFull ? 1 : 83),
  programStep: given('FAULT_STEP', isFull ? 1 : 311),
  firstOperation: (step) => given('FAULT_OPERATION', 1 + (commitNumber() % step)),
  stepPasses: isFull ? [0, 1, 2, 3, 5, 8, 13, 21] : [0, 7],
  rounds: isFull ? 30 : 1,
  seed: given('FAULT_SEED', isFull ? Date.now() % 1_000_000 : 20_261_122),
}

function given(name: string, otherwise: number): number {
  const value = Number(process.env[name])
  return Number.isInteger(value) && value > 0 ? value : otherwise
}

/** A number that the commit gives; 0 outside of a repository. */
function commitNumber(): number {
  const { stdout } = spawnSync('git', ['rev-parse', 'HEAD'], { cwd: repositoryRoot, encoding: 'utf8' })
  return Number.parseInt(stdout.slice(0, 8), 16) || 0
}
