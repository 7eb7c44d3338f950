import { SkyloomError } from '@skyloom/base'

/** Codes of errors that `workflow` raises. Problems found while reading are values, see `Problem`. */
export type WorkflowErrorCode =
  | 'WORKFLOW_BAD_VALUE'
  | 'WORKFLOW_BAD_OPTION'
  | 'WORKFLOW_DUPLICATE'
  | 'WORKFLOW_NOT_FOUND'
  | 'WORKFLOW_INVALID'
  | 'WORKFLOW_CYCLE'
  | 'WORKFLOW_TOO_LARGE'

/** Errors of the abstract workflow, its catalogs, their builders and the graph algorithms. */
export class WorkflowError extends SkyloomError<WorkflowErrorCode> {
  override readonly name = 'WorkflowError'
}
