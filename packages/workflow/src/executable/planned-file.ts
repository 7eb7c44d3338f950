/** A file that a writer of executable workflows wants written. */
export interface PlannedFile {
  /** Relative to the directory of the run, with `/`. */
  readonly path: string
  /** Text in pieces; the file is their concatenation. */
  readonly chunks: Iterable<string>
  /** True for scripts. */
  readonly isExecutable: boolean
}

/** A file of one piece. */
export function textFile(path: string, text: string, isExecutable = false): PlannedFile {
  return { path, chunks: [text], isExecutable }
}
