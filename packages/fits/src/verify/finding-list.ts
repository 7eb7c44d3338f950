import type { Finding, FindingCode } from './finding.ts'

/** Findings of one kind that are kept: a header of nothing but faults shall not fill the memory. */
const MAX_PER_CODE = 1000

/** Findings in the order of the file. All are counted, but only the first thousand of each kind kept. */
export class FindingList {
  readonly findings: Finding[] = []
  errorCount = 0
  warningCount = 0
  /** Findings that were counted but not kept. */
  omittedCount = 0
  readonly #counts = new Map<FindingCode, number>()

  add(findings: Iterable<Finding>): void {
    for (const found of findings) {
      if (found.severity === 'error') this.errorCount++
      else this.warningCount++
      const count = (this.#counts.get(found.code) ?? 0) + 1
      this.#counts.set(found.code, count)
      if (count <= MAX_PER_CODE) this.findings.push(found)
      else this.omittedCount++
    }
  }
}
