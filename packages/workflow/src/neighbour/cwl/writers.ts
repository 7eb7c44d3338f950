import type { ToolResult } from './tool-job.ts'
import { filesIn } from './values.ts'

/** Which job writes which file. */
export class Writers {
  readonly #writers = new Map<string, string>()

  /** A name for a stream of job `id`: the wanted one, or one with the id in front when another job has that. */
  nameStream(wanted: string, id: string): string {
    const name = this.#writers.has(wanted) ? `${id}_${wanted}` : wanted
    this.#writers.set(name, id)
    return name
  }

  /** Notes the outputs of job `id`; gives those that another job writes too. */
  claim(result: ToolResult, id: string): readonly { readonly lfn: string; readonly writer: string }[] {
    const conflicts: { lfn: string; writer: string }[] = []
    for (const { lfn } of [...result.outputs.values()].flatMap(filesIn)) {
      if (result.streams.includes(lfn)) continue
      const writer = this.#writers.get(lfn)
      if (writer !== undefined && writer !== id) conflicts.push({ lfn, writer })
      this.#writers.set(lfn, id)
    }
    return conflicts
  }
}
