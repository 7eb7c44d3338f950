import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import {
  defaultRegistryUrl,
  type FileInfo,
  type OpenRegistryOptions,
  openRegistry,
  type Registry,
  RegistryError,
  type RunRow,
} from '@skyloom/registry'
import type { RegistryFlags } from './registry.ts'

/** Opens the registry that the flags or the environment name; only commands that write make a new one. */
export async function registryOf(
  { registry }: RegistryFlags,
  options: OpenRegistryOptions = { create: false },
): Promise<Registry> {
  return await openRegistry(registry ?? defaultRegistryUrl(process.env), options)
}

/**
 * The one file that a person means: by path, then by id, logical name or checksum.
 *
 * @throws {RegistryError} `REGISTRY_NOT_FOUND`; `REGISTRY_CONFLICT` for a name that several files have
 */
export async function fileMeant(registry: Registry, text: string): Promise<FileInfo> {
  const byPlace = await filesAt(registry, text)
  const found = byPlace.length > 0 ? byPlace : await registry.files.lookup(text)
  const exact = found.filter(({ id }) => id === text)
  const [first, second] = exact.length > 0 ? exact : found
  if (first === undefined) {
    throw new RegistryError('REGISTRY_NOT_FOUND', 'no such file is registered', {
      where: [registry.location],
      found: text,
      remedy: 'skyloom registry find lists files; skyloom registry add registers one',
    })
  }
  if (second === undefined) return first
  throw new RegistryError('REGISTRY_CONFLICT', 'several files have this name', {
    where: [registry.location],
    found: `${text}: ${found
      .slice(0, 5)
      .map(({ id }) => id)
      .join(', ')}`,
    remedy: 'name one by its id',
  })
}

/**
 * The run that a person means, as in `skyloom run`: a directory, an id or the start of one, or the name of a workflow. The id of a run
 * that was removed is known as long as files are that it made.
 *
 * @throws {RunnerError} `RUNNER_NOT_FOUND`
 */
export async function runMeant(registry: Registry, text: string): Promise<RunRow> {
  try {
    return await registry.runs.get(text)
  } catch (error) {
    if (!(error instanceof RegistryError) || error.code !== 'REGISTRY_NOT_FOUND') throw error
  }
  const { findRun } = await import('@skyloom/runner')
  return await findRun(registry.runs, text)
}

/** Files with a copy at a path. Runs register URLs, with and without their special characters encoded. */
export async function filesAt(registry: Registry, file: string): Promise<readonly FileInfo[]> {
  for (const place of placesOf(file)) {
    const found = await registry.files.lookup(place)
    if (found.length > 0) return found
  }
  return []
}

/** The spellings of a path under which a copy may be registered. */
export function placesOf(file: string): readonly string[] {
  const path = resolve(file)
  return [path, pathToFileURL(path).href, `file://${path}`, file]
}
