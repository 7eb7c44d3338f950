import { createHash } from 'node:crypto'
import { mkdir, rm, writeFile } from 'node:fs/promises'
import { basename } from 'node:path'
import type { PlanInput } from '@skyloom/workflow'
import { RunnerError } from '../errors.ts'
import { filePathOf } from '../files/file-url.ts'
import type { Attempt, JobContext } from '../job/job-context.ts'
import { firstGoodSource, verifiedDigest } from '../job/stage-inputs.ts'
import { ProgramFault, runTransferProgram } from '../transfer/transfer-program.ts'
import type { CachedImage, ImageCache } from './image-cache.ts'
import type { ContainerTool } from './tool.ts'

/** Image files on this machine, in the form that a tool runs: a file, an unpacked root tree, or loaded into the tool's own store. */
export class ImageStore {
  readonly #context: JobContext
  readonly #cache: ImageCache
  readonly #tool: ContainerTool

  constructor(context: JobContext, cache: ImageCache, tool: ContainerTool) {
    this.#context = context
    this.#cache = cache
    this.#tool = tool
  }

  /**
   * Brings an image here unless it is here, and verifies it. An image without a checksum, from a place that is no file, is fetched once
   * in a run.
   *
   * @throws {RunnerError} `RUNNER_INPUT_MISSING`, `RUNNER_CHECKSUM`, `RUNNER_CONTAINER`
   */
  async image(attempt: Attempt, input: PlanInput): Promise<CachedImage> {
    const found = await firstGoodSource(attempt, input, async (url) => {
      const path = filePathOf(url)
      return path === undefined
        ? await this.#remote(attempt, input, url)
        : await this.#local(attempt, input, path)
    })
    if (found !== undefined) return found
    throw new RunnerError('RUNNER_INPUT_MISSING', 'an image is missing', { where: [input.lfn] })
  }

  async #local({ signal }: Attempt, input: PlanInput, path: string): Promise<CachedImage> {
    const digest = await verifiedDigest(this.#context, path, input.sha256)
    if (this.#ending === 'sif') return { path, digest }
    return await this.#cache.take(`${digest.sha256}.${this.#ending}`, signal, async (partial) => {
      await this.#unpack(path, partial, signal)
      return digest
    })
  }

  async #remote({ signal }: Attempt, input: PlanInput, url: string): Promise<CachedImage> {
    const { transfers, runId } = this.#context
    const key = input.sha256 ?? createHash('sha256').update(`${runId}\n${url}`).digest('hex')
    return await this.#cache.take(`${key}.${this.#ending}`, signal, async (partial) => {
      if (this.#ending === 'sif') return await transfers.fetch(url, partial, input, signal)
      const file = `${partial}.file`
      try {
        const digest = await transfers.fetch(url, file, input, signal)
        await this.#unpack(file, partial, signal)
        return digest
      } finally {
        await rm(file, { force: true })
      }
    })
  }

  get #ending(): 'sif' | 'tree' | 'podman' | 'docker' {
    const { name } = this.#tool
    if (name === 'bwrap') return 'tree'
    return name === 'podman' || name === 'docker' ? name : 'sif'
  }

  async #unpack(file: string, to: string, signal: AbortSignal): Promise<void> {
    if (this.#ending !== 'tree') {
      await writeFile(to, await this.#load(file, signal))
      return
    }
    await mkdir(to)
    // Nobody but root may make devices; bubblewrap makes its own.
    const leftOut = ['--exclude=./dev/*', '--exclude=dev/*']
    await this.#run(['tar', '-xf', file, '-C', to, '--no-same-owner', ...leftOut], file, signal)
  }

  /** @returns the id of the image in the store of the tool */
  async #load(file: string, signal: AbortSignal): Promise<string> {
    const { path } = this.#tool
    const said = await this.#run([path, 'load', '--input', file], file, signal)
    const name = [...said.matchAll(/^Loaded image(?:\(s\))?(?: ID)?: *(\S+)/gm)].at(-1)?.[1]
    if (name === undefined) throw unusable(file, `${basename(path)} load said: ${said.trim().slice(0, 300)}`)
    return (await this.#run([path, 'image', 'inspect', '--format', '{{.Id}}', name], file, signal)).trim()
  }

  async isLoaded(id: string, signal: AbortSignal): Promise<boolean> {
    const argv = [this.#tool.path, 'image', 'inspect', '--format', '{{.Id}}', id]
    return await runTransferProgram({ argv, url: id, signal }).then(
      () => true,
      (error: unknown) => {
        if (error instanceof ProgramFault) return false
        throw error
      },
    )
  }

  async forget({ path }: CachedImage): Promise<void> {
    await this.#cache.forget(basename(path))
  }

  async #run(argv: readonly string[], file: string, signal: AbortSignal): Promise<string> {
    try {
      return await runTransferProgram({ argv, url: file, signal })
    } catch (cause) {
      if (cause instanceof ProgramFault) throw unusable(file, cause.message, cause)
      throw cause
    }
  }
}

function unusable(file: string, found: string, cause?: unknown): RunnerError {
  return new RunnerError('RUNNER_CONTAINER', 'it is no image of this kind', {
    where: [file],
    found,
    allowed: 'an archive of a root tree for bubblewrap, of docker save for Docker and Podman',
    cause,
  })
}
