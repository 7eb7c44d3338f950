import { type PlanJobLine, profileValue, splitArguments } from '@skyloom/workflow'
import type { ProgramResult } from '../executor/spawner-protocol.ts'
import type { Attempt } from '../job/job-context.ts'
import { ProgramFault, runTransferProgram } from '../transfer/transfer-program.ts'
import { apptainerWords } from './apptainer.ts'
import { bubblewrapWords } from './bubblewrap.ts'
import { type ContainedProgram, type Launch, mountsOf } from './contained-program.ts'
import { dockerWords } from './docker.ts'
import { containedExit } from './launch-failure.ts'
import type { ContainerTool } from './tool.ts'

/** Variables of this process that tools need. */
const OF_TOOLS =
  /^(?:XDG_RUNTIME_DIR|DOCKER_[A-Z_]+|CONTAINER_HOST|CONTAINERS_[A-Z_]+|(?:APPTAINER|SINGULARITY)_(?:CACHEDIR|TMPDIR))$/
/** What is left of a container is removed in so long, or not at all. */
const REMOVE_MS = 30_000

/**
 * The argument list that runs a program in its container, with the profiles `container.arguments` and `container.launcher` of its
 * job. No shell reads it; the image's own entry point is passed by.
 *
 * @throws {RunnerError} `RUNNER_CONTAINER` for a mount that cannot be made
 */
export function launchContained(
  { job }: Pick<Attempt, 'job'>,
  program: Omit<ContainedProgram, 'mounts' | 'extra'>,
): Launch {
  const mounts = mountsOf(program.ready.container)
  const made = launchWords({ ...program, mounts, extra: wordsOf(job, 'container.arguments') })
  const needed = Object.entries(process.env).flatMap(([name, value]) =>
    value !== undefined && OF_TOOLS.test(name) ? [[name, value] as const] : [],
  )
  const environment = [...needed, ...made.environment]
  const launcher = profileValue(job.profiles, 'pegasus', 'container.launcher') ?? ''
  if (launcher === '') return { ...made, environment }
  const argv = [launcher, ...wordsOf(job, 'container.launcher.arguments'), ...made.argv]
  return { ...made, argv, environment }
}

function wordsOf({ profiles }: Pick<PlanJobLine, 'profiles'>, key: string): readonly string[] {
  return splitArguments([profileValue(profiles, 'pegasus', key) ?? ''])
}

function launchWords(program: ContainedProgram): Launch {
  switch (program.ready.tool.name) {
    case 'bwrap':
      return bubblewrapWords(program)
    case 'apptainer':
    case 'singularity':
      return apptainerWords(program)
    default:
      return dockerWords(program)
  }
}

/** Docker's own command uses next to nothing, and what its daemon's programs use is not seen. */
const UNKNOWN_USAGE = {
  cpuMs: undefined,
  maxRssBytes: undefined,
  readBytes: undefined,
  writtenBytes: undefined,
} as const

/** Reads the end of a contained program from that of its tool, and ends what the tool left when it was killed. */
export async function endContained(
  ended: ProgramResult,
  { tool, program }: { readonly tool: ContainerTool; readonly program: string },
  { remove }: Launch,
  stderr: string,
): Promise<ProgramResult> {
  if (remove !== undefined && (ended.killed !== undefined || ended.signal !== undefined)) {
    await runTransferProgram({ argv: remove, url: tool.path, signal: AbortSignal.timeout(REMOVE_MS) }).catch(
      (error: unknown) => {
        // It ended by itself meanwhile.
        if (!(error instanceof ProgramFault)) throw error
      },
    )
  }
  const result = tool.name === 'docker' ? { ...ended, ...UNKNOWN_USAGE } : ended
  if (ended.exitCode <= 0) return result
  const { signal, startError } = containedExit(tool.name, program, ended.exitCode, stderr)
  if (startError !== undefined) return { ...result, startError }
  return signal === undefined ? result : { ...result, signal }
}
