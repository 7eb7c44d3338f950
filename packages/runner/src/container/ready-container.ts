import { readFile } from 'node:fs/promises'
import { type Container, imageFolder, type PlanInput } from '@skyloom/workflow'
import { RunnerError } from '../errors.ts'
import type { InvocationFile } from '../invocation/invocation.ts'
import type { Attempt, JobContext } from '../job/job-context.ts'
import { containersOf, type ReadyContainer } from './contained-program.ts'
import { type CachedImage, ImageCache, imageCacheFolder } from './image-cache.ts'
import { ImageStore } from './image-store.ts'
import { treeDigest, treeFingerprint } from './root-tree.ts'
import { type ContainerTool, containerTool } from './tool.ts'

/** The containers of a job, ready, and their images for its record. */
export interface JobContainers {
  /** By name. */
  readonly ready: ReadonlyMap<string, ReadyContainer>
  readonly files: readonly InvocationFile[]
}

/**
 * Makes the containers of a job ready: finds their programs, brings their images to this machine, once for all jobs, and verifies
 * them.
 *
 * @throws {RunnerError} `RUNNER_CONTAINER` for a program that is missing or an image that cannot be used; `RUNNER_INPUT_MISSING`
 * with every place of an image that was looked at; `RUNNER_CHECKSUM`
 */
export async function readyContainers(context: JobContext, attempt: Attempt): Promise<JobContainers> {
  const ready = new Map<string, ReadyContainer>()
  const files: InvocationFile[] = []
  for (const container of containersOf(attempt.job)) {
    const environment = siteEnvironment(attempt)
    const tool = containerTool(container.type, environment)
    const input = attempt.job.inputs.find(({ lfn }) => lfn === container.name)
    const folder = imageFolder(container)
    const image =
      folder === undefined
        ? await imageFile(context, attempt, container, tool, input)
        : await imageInPlace(context, container, folder)
    ready.set(container.name, { container, tool, ...image })
    files.push({ lfn: container.name, path: image.image.path, ...image.image.digest })
  }
  return { ready, files }
}

/** The environment of this process with what the plan says of the site: folders of tools and images. */
function siteEnvironment({ job }: Attempt): Readonly<Record<string, string | undefined>> {
  const planned = job.tasks.flatMap(({ environment }) => environment)
  const own = planned.filter(([name]) => /^SKYLOOM_(?:CONTAINER_TOOLS|IMAGE_CACHE)$/.test(name))
  return { ...process.env, ...Object.fromEntries(own) }
}

type Image = Pick<ReadyContainer, 'reference' | 'image'>

/** A folder is used where it is; it is read to its last byte only to be held against a checksum. */
async function imageInPlace(context: JobContext, container: Container, folder: string): Promise<Image> {
  if (container.type === 'docker') {
    throw new RunnerError('RUNNER_CONTAINER', 'a folder is no image for Docker or Podman', {
      where: [container.name],
      found: container.image,
      allowed: 'a file that docker save wrote, or docker:///name:tag',
      remedy: 'run a root tree with the type bubblewrap or singularity',
    })
  }
  const wanted = container.checksum?.sha256.toLowerCase()
  try {
    const digest = wanted === undefined ? treeFingerprint(folder) : await treeDigest(folder, context.hasher)
    if (wanted === undefined || wanted === digest.sha256)
      return { reference: folder, image: { path: folder, digest } }
    throw new RunnerError('RUNNER_CHECKSUM', 'the image is not what it should be', {
      where: [container.name, folder],
      found: `SHA-256 ${digest.sha256}`,
      allowed: `SHA-256 ${wanted}`,
      remedy: 'mend the folder or the checksum in the transformation catalog',
    })
  } catch (cause) {
    if (cause instanceof RunnerError) throw cause
    throw new RunnerError('RUNNER_INPUT_MISSING', 'the folder of an image cannot be read', {
      where: [container.name, folder],
      found: cause instanceof Error ? cause.message : String(cause),
      remedy: 'make it visible on the nodes, or give the image as a file, which is brought there',
      cause,
    })
  }
}

async function imageFile(
  context: JobContext,
  attempt: Attempt,
  container: Container,
  tool: ContainerTool,
  input: PlanInput | undefined,
): Promise<Image> {
  if (input === undefined || input.from === 'absent') {
    throw new RunnerError('RUNNER_BAD_PLAN', 'the plan does not bring the image of a container', {
      where: [attempt.job.name, container.name],
      remedy: 'plan again',
    })
  }
  const cache = new ImageCache(imageCacheFolder(siteEnvironment(attempt)))
  const store = new ImageStore(context, cache, tool)
  const image = await store.image(attempt, input)
  if (container.type !== 'docker') return { reference: image.path, image }
  return { reference: await loadedId(store, attempt, input, image), image }
}

/** Id of an image in the store of Docker or Podman; one that was removed there is loaded again. */
async function loadedId(
  store: ImageStore,
  attempt: Attempt,
  input: PlanInput,
  image: CachedImage,
): Promise<string> {
  const id = await readFile(image.path, 'utf8')
  if (await store.isLoaded(id, attempt.signal)) return id
  await store.forget(image)
  return await readFile((await store.image(attempt, input)).path, 'utf8')
}
