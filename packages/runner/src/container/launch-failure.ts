import { constants } from 'node:os'
import type { ToolName } from './tool.ts'

/** What the exit of a tool for containers means. */
export interface ContainedExit {
  /** The signal that ended the program inside. */
  readonly signal?: NodeJS.Signals | undefined
  /** Why the tool could not start the program. */
  readonly startError?: string | undefined
}

/** What tools say, on a line of its own, when they could not start a program. */
const OWN_WORDS: Readonly<Record<ToolName, RegExp>> = {
  bwrap: /^bwrap: (.*)$/m,
  apptainer: /FATAL:\s+(.*)$/m,
  singularity: /FATAL:\s+(.*)$/m,
  podman: /^Error: (.*)$/m,
  docker: /^docker: (.*)$/m,
}
/** Exit codes with which tools themselves fail. */
const OWN_CODES: Readonly<Record<ToolName, readonly number[]>> = {
  bwrap: [1],
  apptainer: [255],
  singularity: [255],
  podman: [125, 126, 127],
  docker: [125, 126, 127],
}

/**
 * Reads the exit of a tool: 128 and a number stands for the signal that ended the program inside, and some codes together with the
 * tool's own words for a program or image that could not be started.
 */
export function containedExit(tool: ToolName, exitCode: number, stderr: string): ContainedExit {
  if (OWN_CODES[tool].includes(exitCode)) {
    const words = OWN_WORDS[tool].exec(stderr)?.[1]
    if (words !== undefined) return { startError: `${tool}: ${words}` }
  }
  const number = exitCode - 128
  const signal = Object.entries(constants.signals).find(([, value]) => value === number)?.[0]
  // The names are those of the table.
  return signal === undefined ? {} : { signal: signal as NodeJS.Signals }
}
