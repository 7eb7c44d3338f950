import { existsSync, readFileSync } from 'node:fs'
import { basename } from 'node:path'
import {
  type CleanupStrategy,
  type ClusterStyle,
  type PlanOptions,
  type PlanRequest,
  type ReadOptions,
  type ReadResult,
  readProperties,
  readReplicaCatalog,
  readSiteCatalog,
  readTransformationCatalog,
  readWorkflow,
} from '../src/index.ts'

/** Reads a file of a corpus folder; `undefined` when there is none. */
export function readIfThere<T>(
  path: string,
  read: (text: string, options: ReadOptions) => ReadResult<T>,
): T | undefined {
  if (!existsSync(path)) return undefined
  const result = read(readFileSync(path, 'utf8'), { name: basename(path) })
  if (!result.ok) throw new Error(`${path}: ${JSON.stringify(result.problems[0])}`)
  return result.value
}

/** Request of a corpus folder, planned with the reference's command line and additional properties. */
export function corpusRequest(
  folder: string,
  args: readonly string[],
  props: Readonly<Record<string, string>>,
): PlanRequest {
  const workflow = readIfThere(`${folder}/workflow.yml`, readWorkflow)
  if (workflow === undefined) throw new Error(`no workflow in ${folder}`)
  const properties = new Map(readIfThere(`${folder}/pegasus.properties`, readProperties) ?? [])
  for (const [key, value] of Object.entries(props)) properties.set(key, value)
  return {
    workflow,
    sites: readIfThere(`${folder}/sites.yml`, readSiteCatalog),
    transformations: readIfThere(`${folder}/transformations.yml`, readTransformationCatalog),
    replicas: readIfThere(`${folder}/replicas.yml`, readReplicaCatalog),
    properties,
    options: planOptions(args),
  }
}

/** Options of the reference's command line that the corpus uses. Words are not checked here: the planner does that. */
export function planOptions(args: readonly string[]): PlanOptions {
  let options: PlanOptions = {}
  for (let i = 0; i < args.length; i++) {
    const value = args[i + 1] ?? ''
    switch (args[i]) {
      case '--sites':
        options = { ...options, sites: value.split(',') }
        break
      case '-o':
      case '--output-sites':
        options = { ...options, outputSites: value.split(',') }
        break
      case '--cleanup':
        options = { ...options, cleanup: value as CleanupStrategy }
        break
      case '--cluster':
        options = { ...options, cluster: value.split(',') as ClusterStyle[] }
        break
      case '--staging-site':
        options = { ...options, stagingSites: stagingSites(value) }
        break
      case '--force':
        options = { ...options, force: true }
        i--
        break
      default:
        throw new Error(`unknown option ${args[i] ?? ''}`)
    }
    i++
  }
  return options
}

function stagingSites(value: string): ReadonlyMap<string, string> {
  return new Map(
    value.split(',').map((pair): [string, string] => [pair.split('=')[0] ?? '', pair.split('=')[1] ?? '']),
  )
}
