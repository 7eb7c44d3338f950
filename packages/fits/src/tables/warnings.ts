import type { TableWarning, TableWarningCode } from './errors.ts'

/** Warnings of one kind that are spelled out; further ones are only counted. */
const MAX_PER_CODE = 20

/** Collects the warnings of one reading. */
export interface WarningList {
  add(code: TableWarningCode, message: string): void
  /** All warnings, with one line for each kind that was too frequent to be spelled out. */
  list(): readonly TableWarning[]
}

/** An empty {@link WarningList}. */
export function warningList(): WarningList {
  const warnings: TableWarning[] = []
  const counts = new Map<TableWarningCode, number>()
  return {
    add(code, message) {
      const count = (counts.get(code) ?? 0) + 1
      counts.set(code, count)
      if (count <= MAX_PER_CODE) warnings.push({ code, message })
    },
    list() {
      const more = [...counts]
        .filter(([, count]) => count > MAX_PER_CODE)
        .map(([code, count]) => ({ code, message: `and ${count - MAX_PER_CODE} more of this kind` }))
      return [...warnings, ...more]
    },
  }
}
