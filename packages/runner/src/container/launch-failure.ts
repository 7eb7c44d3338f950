import { constants } from 'node:os'
import type { ToolName } from './tool.ts'

/** What the exit of a tool for containers means. */
export interface ContainedExit {
  /** The signal that ended the program inside. */
  readonly signal?: NodeJS.Signals | undefined
  /** Why the tool could not start the program. */
  readonly startError?: string | undefined
}

/** Exit codes with which tools themselves fail, and what they say then on a line of its own. */
interface OwnFailure {
  readonly codes: readonly number[]
  readonly words: RegExp
  /** They do not say which program. */
  readonly isNameless?: true
}

const APPTAINER: readonly OwnFailure[] = [{ codes: [255], words: /^FATAL: {3}(.*)$/m }]
/** By the first processes of containers. */
const TINI: OwnFailure = { codes: [126, 127], words: /^\[FATAL tini \(\d+\)\] (exec .*)$/m }
const CATATONIT: OwnFailure = {
  codes: [1],
  words: /^ERROR \(catatonit:\d+\): failed to exec pid1: (.*)$/m,
  isNameless: true,
}
const OWN_FAILURES: Readonly<Record<ToolName, readonly OwnFailure[]>> = {
  bwrap: [{ codes: [1], words: /^bwrap: (.*)$/m }],
  apptainer: APPTAINER,
  singularity: APPTAINER,
  podman: [{ codes: [125, 126, 127], words: /^Error: (.*)$/m }, CATATONIT, TINI],
  docker: [{ codes: [125, 126, 127], words: /^docker: (.*)$/m }, TINI],
}

/**
 * Reads the exit of a tool: 128 and a number stands for the signal that ended the program inside, and some codes together with the
 * tool's own words for a program or image that could not be started.
 */
export function containedExit(
  tool: ToolName,
  program: string,
  exitCode: number,
  stderr: string,
): ContainedExit {
  for (const { codes, words, isNameless } of OWN_FAILURES[tool]) {
    const said = codes.includes(exitCode) ? words.exec(stderr)?.[1] : undefined
    if (said !== undefined)
      return { startError: [tool, ...(isNameless === true ? [program] : []), said].join(': ') }
  }
  const number = exitCode - 128
  const signal = Object.entries(constants.signals).find(([, value]) => value === number)?.[0]
  // The names are those of the table.
  return signal === undefined ? {} : { signal: signal as NodeJS.Signals }
}
