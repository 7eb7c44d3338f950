import { constants } from 'node:os'
import type { Invocation } from '../invocation/invocation.ts'
import type { AttemptOutcome, Failure, FailureKind } from '../machine/run-event.ts'
import type { NodeEnd, NodeJob } from './dag-nodes.ts'
import type { JoblessTry } from './node-scripts.ts'

/** What is known of an attempt that did not succeed. */
interface FailedNode {
  readonly outcome: AttemptOutcome
  readonly end: NodeEnd | undefined
  readonly post: NodeEnd | undefined
  readonly invocations: readonly Invocation[]
  /** What the job wrote to its standard error. */
  readonly messages: string
  /** Why its records cannot be read. */
  readonly complaint: string | undefined
}

const SIGNAL_NAMES: ReadonlyMap<number, string> = new Map(
  Object.entries(constants.signals).map(([name, number]) => [number, name]),
)

/** Name of a signal, `SIGKILL`. */
export function signalName(number: number): string {
  return SIGNAL_NAMES.get(number) ?? `signal ${number}`
}

/** Words of the scripts of nodes (`skyloom-node.sh`) for what failed. */
const KINDS: readonly (readonly [RegExp, FailureKind])[] = [
  [/^checksum of /, 'checksum'],
  [/^could not (?:get|bring) /, 'transfer'],
  [/^input .* did not arrive/, 'input'],
  [/^output .* was not written/, 'output'],
]

const LINE_CHARS = 300

/** Why an attempt failed: the first of its tasks that did, else what its script complained of, else how HTCondor says it ended. */
export function nodeFailure({ end, post, invocations, messages, complaint }: FailedNode): Failure {
  const failed = invocations.find(({ exitCode }) => exitCode !== 0)
  const said = [...messages.matchAll(/^skyloom: failed: (.*)$/gm)].map(([, text = '']) => text)
  const own = said.find((text) => !/^task .* ended with exit code/.test(text))
  const before = failed === undefined && own !== undefined
  if (before) return { kind: kindOf(own), message: own.slice(0, LINE_CHARS), ...codeOf(end) }
  if (failed !== undefined) {
    const { exitCode, signal, stderr } = failed
    if (signal !== undefined)
      return { kind: 'signal', message: `it was ended by ${signal}`, exitCode, signal }
    const last = lastLine(stderr === '' ? messages.replaceAll(/^skyloom: .*$/gm, '') : stderr)
    return { kind: 'exit', message: `exit code ${exitCode}${last === '' ? '' : `: ${last}`}`, exitCode }
  }
  const hasEndedWell = end?.exitCode === 0
  if (hasEndedWell && post !== undefined)
    return { ...endFailure('its POST script', post), exitCode: post.exitCode }
  const { kind, message } = endFailure('it', end)
  const last = lastLine(messages) || (complaint ?? '')
  return { kind, message: `${message}${last === '' ? '' : `: ${last}`}`, ...codeOf(end) }
}

function kindOf(text: string): FailureKind {
  return KINDS.find(([pattern]) => pattern.test(text))?.[1] ?? 'error'
}

function codeOf(end: NodeEnd | undefined): Pick<Failure, 'exitCode' | 'signal'> {
  return {
    ...(end?.exitCode === undefined ? {} : { exitCode: end.exitCode }),
    ...(end?.signal === undefined ? {} : { signal: signalName(end.signal) }),
  }
}

function endFailure(who: string, end: NodeEnd | undefined): Failure {
  if (end?.signal !== undefined)
    return { kind: 'signal', message: `${who} was ended by ${signalName(end.signal)}` }
  if (end?.exitCode !== undefined)
    return { kind: 'exit', message: `${who} ended with exit code ${end.exitCode}` }
  return { kind: 'start', message: `${who} ended, and HTCondor does not say how` }
}

/** Why a job that was taken out of the queue is not there any more: the hold before, if there was one, is the true cause. */
export function removalFailure({ end, lastHold }: Pick<NodeJob, 'end' | 'lastHold'>): Failure | undefined {
  const removed = end?.removed
  if (removed === undefined) return undefined
  const text = removed === '' ? 'removed' : `removed, ${removed}`
  // A person who removes a held job does not hide why it was held.
  if (lastHold !== undefined) {
    const kind = lastHold.cause === 'memory' ? 'memory' : lastHold.cause === 'files' ? 'transfer' : 'start'
    return { kind, message: `held: ${lastHold.reason} (code ${lastHold.code}); ${text}` }
  }
  const by = /condor_rm/.test(removed) ? ': somebody took it out of the queue' : ''
  return { kind: 'signal', message: `HTCondor: ${text}${by}` }
}

/** Why a try came to no job. */
export function joblessFailure({ cause }: JoblessTry, output: string): Failure {
  const last = lastLine(output)
  const said = last === '' ? '' : `: ${last}`
  return cause === 'pre'
    ? { kind: 'start', message: `its PRE script failed${said}` }
    : { kind: 'start', message: 'HTCondor did not take its job: its submit description is refused' }
}

function lastLine(text: string): string {
  return (text.trimEnd().split('\n').at(-1) ?? '').trim().slice(0, LINE_CHARS)
}
