import type { ProgramAnswer } from './scheduler-program.ts'

/** What commands of HTCondor say when its queue does not answer. */
export const CONDOR_OUTAGE: RegExp =
  /can't find address|failed to connect|connect(?:ion)? (?:to|refused|failed)|unable to (?:contact|locate)|timed? ?out|not running|failed to (?:start|begin|commit) (?:a )?transaction|SECMAN|communication/i

/** Whether a command of HTCondor failed because its queue does not answer, and may do so later. */
export function isCondorOutage({ code, stdout, stderr }: ProgramAnswer): boolean {
  return code < 0 || CONDOR_OUTAGE.test(stderr === '' ? stdout : stderr)
}
