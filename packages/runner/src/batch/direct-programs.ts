import { LOOK_MS, ProgramTable } from '../executor/program-table.ts'
import type {
  KillReason,
  ProgramRequest,
  ProgramResult,
  ProgramRunner,
} from '../executor/spawner-protocol.ts'

/** Runs programs as children of this process: on a worker node nothing has to outlive it. */
export class DirectPrograms implements ProgramRunner {
  readonly #table: ProgramTable
  readonly #waiting = new Map<string, (result: ProgramResult) => void>()
  readonly #timer: NodeJS.Timeout

  /** @param mark by which programs of this node are found when their parent died */
  constructor(environment: readonly (readonly [string, string])[], mark: string) {
    this.#table = new ProgramTable(environment, mark, (result) => {
      this.#waiting.get(result.id)?.(result)
      this.#waiting.delete(result.id)
    })
    this.#timer = setInterval(() => this.#table.look(), LOOK_MS)
    this.#timer.unref()
  }

  async run(program: ProgramRequest): Promise<ProgramResult> {
    return await new Promise((resolve) => {
      this.#waiting.set(program.id, resolve)
      this.#table.start(program)
    })
  }

  kill(id: string, reason: KillReason): void {
    this.#table.kill(id, reason)
  }

  killAll(reason: KillReason): void {
    for (const id of [...this.#table.ids()]) this.#table.kill(id, reason)
  }

  knows(): boolean {
    return false
  }

  close(): void {
    clearInterval(this.#timer)
  }
}
