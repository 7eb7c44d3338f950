import { type ErrorDetail, SkyloomError } from '@skyloom/base'

/** Codes of errors that the modules raise themselves. */
export type MontageErrorCode =
  /** Too few, too many or unknown arguments; the command answers with its synopsis. */
  | 'MONTAGE_USAGE'
  | 'MONTAGE_BAD_ARGUMENT'
  | 'MONTAGE_NO_FILE'
  | 'MONTAGE_BAD_HEADER'
  | 'MONTAGE_BAD_TABLE'
  | 'MONTAGE_BAD_IMAGE'
  | 'MONTAGE_CANNOT_WRITE'
  /** Everything was read and there is nothing to give: no overlap, no pixels. */
  | 'MONTAGE_NO_RESULT'

/** Error of a module. Its `problem` is the sentence that the classic program puts into `msg` of its status line. */
export class MontageError extends SkyloomError<MontageErrorCode> {
  override readonly name = 'MontageError'
  /** Numbers that the status line gives behind the sentence. */
  readonly facts: ReadonlyMap<string, number>
  /** Exit code of the command where it is not that of the module's other errors. */
  readonly exitCode: number | undefined

  constructor(
    code: MontageErrorCode,
    problem: string,
    detail: ErrorDetail = {},
    facts: ReadonlyMap<string, number> = new Map(),
    exitCode?: number,
  ) {
    super(code, problem, detail)
    this.facts = facts
    this.exitCode = exitCode
  }
}
