import type { Container, PlanJobLine } from '@skyloom/workflow'
import { RunnerError } from '../errors.ts'
import { publicUrl } from '../files/file-url.ts'
import type { InvocationContainer } from '../invocation/invocation.ts'
import type { CachedImage } from './image-cache.ts'
import type { ContainerTool } from './tool.ts'

/** A container that a program can run in here and now. */
export interface ReadyContainer {
  readonly container: Container
  readonly tool: ContainerTool
  /** Path of the image or its root tree, or its id in the store of the tool. */
  readonly reference: string
  /** Where the image was found, and the digest of its file. */
  readonly image: CachedImage
}

/** The containers that the tasks of a job run in. */
export function containersOf({ tasks }: Pick<PlanJobLine, 'tasks'>): readonly Container[] {
  const found = new Map<string, Container>()
  for (const { executable } of tasks) {
    const container = 'container' in executable ? executable.container : undefined
    if (container !== undefined) found.set(container.name, container)
  }
  return [...found.values()]
}

/** What a record says of a container. */
export function recordedContainer({ container, tool, image }: ReadyContainer): InvocationContainer {
  const { name, type, image: url } = container
  return { name, type, image: publicUrl(url), sha256: image.digest.sha256, tool: tool.name }
}

/** A program that is to run in a container. */
export interface ContainedProgram {
  readonly ready: ReadyContainer
  /** Path inside, or a name for the search path inside. */
  readonly program: string
  readonly arguments: readonly string[]
  /** On this machine; the program sees it as {@link workFolder}, and begins there. */
  readonly workDirectory: string
  /** Variables that it gets; values never stand in argument lists. */
  readonly environment: readonly (readonly [string, string])[]
  readonly mounts: readonly Mount[]
  /** Words of the profile `container.arguments`. */
  readonly extra: readonly string[]
  /** Unique on this machine, for tools that name what runs. */
  readonly name: string
  readonly readsInput: boolean
  /** Megabytes; 0 for no limit. */
  readonly memoryMb: number
  /** For tools whose programs are none of their children: where they are to write the number of the process. */
  readonly pidFile: string
}

/** A folder or file of this machine that is seen inside. */
export interface Mount {
  readonly from: string
  readonly to: string
  readonly isReadOnly: boolean
}

/** How a contained program is started. */
export interface Launch {
  readonly argv: readonly string[]
  /** Environment of the tool. */
  readonly environment: readonly (readonly [string, string])[]
  /** Ends what the tool may leave behind when it is killed. */
  readonly remove: readonly string[] | undefined
  /** Where the tool says which process is the program's. */
  readonly pidFile?: string | undefined
}

/** Variables that say where things are on the machine, and mean nothing inside; the container may set its own. */
const OF_THE_MACHINE =
  /^(?:PATH|HOME|SHELL|TMPDIR|TEMP|TMP|LD_LIBRARY_PATH|PYTHONPATH|PYTHONHOME|VIRTUAL_ENV|CONDA_PREFIX|JAVA_HOME|SKYLOOM_(?:NODE|IMAGE_CACHE|CONTAINER_TOOLS))$/

/**
 * Variables that a task gets in its container: those of the plan but the ones that say where things are on the machine, then those of
 * the container's own profile, which win.
 */
export function containerEnvironment(
  container: Container,
  own: readonly (readonly [string, string])[],
): readonly (readonly [string, string])[] {
  const inside = container.profiles
    .filter(({ namespace }) => namespace === 'env')
    .map(({ key, value }) => [key, value] as const)
  return [...new Map([...own.filter(([name]) => !OF_THE_MACHINE.test(name)), ...inside])]
}

/** True for a variable that must not reach the tool itself when a container sets its own. */
export function isOfTheMachine(name: string): boolean {
  return OF_THE_MACHINE.test(name)
}

/** Mounts of a container: `from:to`, `from:to:ro` or `from:to:rw`. @throws {RunnerError} `RUNNER_CONTAINER` */
export function mountsOf(container: Container): readonly Mount[] {
  return container.mounts.map((text) => {
    const [from = '', to = '', mode = 'rw'] = text.split(':')
    if (!from.startsWith('/') || !to.startsWith('/') || (mode !== 'ro' && mode !== 'rw')) {
      throw new RunnerError('RUNNER_CONTAINER', 'a mount of the container cannot be made', {
        where: [container.name],
        found: text,
        allowed: '/folder:/folder inside, with :ro or :rw behind',
      })
    }
    return { from, to, isReadOnly: mode === 'ro' }
  })
}

/** Folder in which programs of a kind of container begin, as with Pegasus. */
export function workFolder({ type }: Pick<Container, 'type'>): string {
  return type === 'docker' ? '/scratch' : '/srv'
}
