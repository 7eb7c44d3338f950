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
  /** Program that Podman starts as the first process of containers, found on this machine. */
  readonly init?: string | undefined
}

/** Programs for a kind of container, best first. */
const TOOLS: Readonly<Record<ContainerType, readonly ToolName[]>> = {
  docker: ['podman', 'docker'],
  singularity: ['apptainer', 'singularity'],
  bubblewrap: ['bwrap'],
  shifter: [],
}

/** What Podman may start first, as far as it needs no libraries, and folders beside the search path in which it lies. */
const INITS = ['catatonit', 'tini-static']
const INIT_FOLDERS = ['/usr/libexec/podman', '/usr/local/libexec/podman', '/usr/lib/podman']

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
  for (const name of names) {
    const path = findIn(folders, [name])
    if (path === undefined) continue
    return name === 'podman'
      ? { name, path, init: findIn([...INIT_FOLDERS, ...folders], INITS) }
      : { name, path }
  }
  throw new RunnerError('RUNNER_CONTAINER', `no program for containers of type ${type}`, {
    found: `none in ${folders.join(delimiter)}`,
    allowed: names.join(' or '),
    remedy: "install it, or name its folder in the site's profile env SKYLOOM_CONTAINER_TOOLS",
  })
}

function findIn(folders: readonly string[], names: readonly string[]): string | undefined {
  return names.flatMap((name) => folders.map((folder) => join(folder, name))).find(canExecute)
}
