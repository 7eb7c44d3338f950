import { shorten } from '@skyloom/base'
import {
  formatTableLocation,
  type TableLocation,
  type TableWarning,
  type TableWarningCode,
} from './errors.ts'

/** Warnings of one kind that are spelled out; further ones are only counted. */
const MAX_PER_CODE = 20

/** Collects the warnings of one reading. */
export interface WarningList {
  /** @param found foreign text for the end of the message */
  add(code: TableWarningCode, location: TableLocation, problem: string, found?: string): void
  /** All warnings, with one for each kind that was too frequent to be spelled out. */
  list(): readonly TableWarning[]
}

/** An empty {@link WarningList}. */
export function warningList(): WarningList {
  const warnings: TableWarning[] = []
  const counts = new Map<TableWarningCode, number>()
  return {
    add(code, location, problem, found) {
      const count = (counts.get(code) ?? 0) + 1
      counts.set(code, count)
      if (count > MAX_PER_CODE) return
      const place = formatTableLocation(location).join(', ')
      const tail = found === undefined ? '' : `: ${shorten(found, 60)}`
      warnings.push({ code, location, message: `${place === '' ? '' : `${place}: `}${problem}${tail}` })
    },
    list() {
      const more = [...counts]
        .filter(([, count]) => count > MAX_PER_CODE)
        .map(([code, count]) => ({
          code,
          location: {},
          message: `and ${count - MAX_PER_CODE} more of this kind`,
        }))
      return [...warnings, ...more]
    },
  }
}
