import { rm } from 'node:fs/promises'
import { type ContainerTool, containerTool } from '../container/tool.ts'
import { RunnerError } from '../errors.ts'
import { publicUrl, schemeOf } from '../files/file-url.ts'
import type { Transfer, TransferOptions } from './transfer.ts'
import { programError, runTransferProgram } from './transfer-program.ts'

/**
 * Images of containers from registries: `docker:///name:tag` for Docker, Podman, Apptainer and Singularity, `oras:`, `library:` and
 * `shub:` for the last two. The container's own program pulls them, with its own credentials and settings, and writes the file that
 * `docker save` or `apptainer pull` would.
 */
export const imageTransfer: Transfer = {
  schemes: ['docker', 'oras', 'library', 'shub'],
  get: async (url, path, options) => {
    const programs = pullPrograms(url, path, options)
    // No tool goes on with a part.
    await rm(path, { force: true })
    try {
      for (const argv of programs) await runTransferProgram({ argv, url, signal: options.signal })
    } catch (cause) {
      options.signal.throwIfAborted()
      throw programError(url, cause, 'look whether the registry has this image and lets you read it')
    }
  },
}

function pullPrograms(url: string, path: string, { containerType }: TransferOptions): readonly string[][] {
  const scheme = schemeOf(url)
  const name = url.slice(scheme.length + 1).replace(/^\/+/, '')
  if (containerType === 'docker' && scheme === 'docker') return dockerPrograms(findTool('docker'), name, path)
  if (containerType === 'singularity') {
    const tool = findTool('singularity')
    return [[tool.path, '--silent', 'pull', path, `${scheme}://${name}`]]
  }
  throw new RunnerError(
    'RUNNER_CONTAINER',
    'an image of a registry cannot be run in this kind of container',
    {
      where: [publicUrl(url)],
      found: containerType ?? 'no image of a container',
      allowed: scheme === 'docker' ? 'docker, singularity' : 'singularity',
      remedy: 'change the type in the transformation catalog, or save the image to a file of the kind first',
    },
  )
}

function dockerPrograms(
  { name: tool, path: program }: ContainerTool,
  name: string,
  path: string,
): string[][] {
  const save = tool === 'podman' ? ['save', '--quiet', '--format', 'docker-archive'] : ['save']
  return [
    [program, 'pull', '--quiet', name],
    [program, ...save, '--output', path, name],
  ]
}

function findTool(type: 'docker' | 'singularity'): ContainerTool {
  return containerTool(type, process.env)
}
