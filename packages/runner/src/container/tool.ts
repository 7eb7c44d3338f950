import { delimiter, join } from 'node:path'
import type { ContainerType } from '@skyloom/workflow'
import { RunnerError } from '../errors.ts'
import { canExecute } from '../files/can-execute.ts'

/** Programs that run containers. */
export type ToolName = 'podman' | 'docker' | 'apptainer' | 'singularity' | 'bwrap'

/** A program that runs containers, found on this machine. */
export interface ContainerTool {
  readonly name: ToolName
  readonly path: string
}

/** Programs for a kind of container, best first. */
const TOOLS: Readonly<Record<ContainerType, readonly ToolName[]>> = {
  docker: ['podman', 'docker'],
  singularity: ['apptainer', 'singularity'],
  bubblewrap: ['bwrap'],
  shifter: [],
}

/**
 * Finds the program for a kind of container: in the folders of `SKYLOOM_CONTAINER_TOOLS`, then on the search path.
 *
 * @throws {RunnerError} `RUNNER_CONTAINER` when there is none
 */
export function containerTool(
  type: ContainerType,
  environment: Readonly<Record<string, string | undefined>>,
): ContainerTool {
  const names = TOOLS[type]
  if (names.length === 0) {
    throw new RunnerError('RUNNER_CONTAINER', `containers of type ${type} are not run by this engine`, {
      allowed: 'docker, singularity, bubblewrap',
      remedy: 'change the type in the transformation catalog, or plan with --format dagman',
    })
  }
  const path = [environment['SKYLOOM_CONTAINER_TOOLS'], environment['PATH']]
  const folders = path.flatMap((text) => (text ?? '').split(delimiter)).filter((folder) => folder !== '')
  for (const name of names)
    for (const folder of folders)
      if (canExecute(join(folder, name))) return { name, path: join(folder, name) }
  throw new RunnerError('RUNNER_CONTAINER', `no program for containers of type ${type}`, {
    found: `none in ${folders.join(delimiter)}`,
    allowed: names.join(' or '),
    remedy: "install it, or name its folder in the site's profile env SKYLOOM_CONTAINER_TOOLS",
  })
}
