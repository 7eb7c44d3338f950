import { formatPlanProblem, type PlanProblem } from '../plan/problem.ts'
import { formatProblem, type Problem } from '../problem/problem.ts'

/** One thing that is wrong or suspicious in the files or the request, ready to be shown. */
export interface Finding {
  readonly severity: 'error' | 'warning'
  readonly code: string
  /** One line with place, what was found, what is allowed, and the code. */
  readonly text: string
}

/** Problems of a document as findings. */
export function documentFindings(problems: readonly Problem[]): readonly Finding[] {
  return problems.map((problem) => ({
    severity: problem.severity,
    code: problem.code,
    text: formatProblem(problem),
  }))
}

/** Problems of a plan as findings. */
export function planFindings(problems: readonly PlanProblem[]): readonly Finding[] {
  return problems.map((problem) => ({
    severity: problem.severity,
    code: problem.code,
    text: formatPlanProblem(problem),
  }))
}

/** True when one of the findings is an error. */
export function hasErrors(findings: readonly Finding[]): boolean {
  return findings.some((finding) => finding.severity === 'error')
}
