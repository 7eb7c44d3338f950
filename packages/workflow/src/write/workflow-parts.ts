import type { FileUse } from '../model/file-use.ts'
import type { Job } from '../model/job.ts'
import type { Dependency, Workflow } from '../model/workflow.ts'
import {
  type PlainMap,
  replicaCatalogPart,
  siteCatalogPart,
  transformationCatalogPart,
} from './catalog-parts.ts'
import { Part } from './parts.ts'

/** Everything of a workflow before its jobs, in the order in which Pegasus writes it. */
export function headPart(workflow: Workflow): PlainMap {
  const { siteCatalog, replicaCatalog, transformationCatalog, catalogReferences } = workflow
  const reference = (address: string | undefined): PlainMap | undefined =>
    address === undefined ? undefined : new Map([['$ref', address]])
  return new Part()
    .extensions(workflow.extensions)
    .set('pegasus', workflow.pegasus)
    .set('name', workflow.name)
    .set('version', workflow.version)
    .hooks(workflow.hooks)
    .profiles(workflow.profiles)
    .metadata(workflow.metadata)
    .set('siteCatalog', siteCatalog && siteCatalogPart(siteCatalog, true))
    .set('siteCatalog', reference(catalogReferences?.site))
    .set('replicaCatalog', replicaCatalog && replicaCatalogPart(replicaCatalog, true))
    .set('replicaCatalog', reference(catalogReferences?.replica))
    .set(
      'transformationCatalog',
      transformationCatalog && transformationCatalogPart(transformationCatalog, true),
    )
    .set('transformationCatalog', reference(catalogReferences?.transformation)).map
}

/** One job as a mapping. */
export function jobPart(job: Job): PlainMap {
  const part = new Part().set('type', job.type)
  if (job.type === 'job')
    part.set('namespace', job.namespace).set('version', job.version).set('name', job.name)
  else part.set('file', job.file)
  return part
    .set('id', job.id)
    .set('nodeLabel', job.nodeLabel)
    .set('stdin', job.stdin)
    .set('stdout', job.stdout)
    .set('stderr', job.stderr)
    .set('arguments', job.arguments)
    .set('uses', job.uses.map(usePart))
    .profiles(job.profiles)
    .hooks(job.hooks)
    .metadata(job.metadata)
    .extensions(job.extensions).map
}

function usePart(use: FileUse): PlainMap {
  return new Part()
    .set('lfn', use.lfn)
    .set('type', use.type)
    .set('stageOut', use.stageOut)
    .set('registerReplica', use.registerReplica)
    .set('optional', use.optional)
    .set('bypass', use.bypass)
    .set('forPlanning', use.forPlanning)
    .set('size', use.sizeBytes === undefined ? undefined : String(use.sizeBytes))
    .set('namespace', use.namespace)
    .set('version', use.version)
    .set('executable', use.executable)
    .metadata(use.metadata).map
}

/** One entry of the dependencies as a mapping. */
export function dependencyPart(dependency: Dependency): PlainMap {
  return new Part().set('id', dependency.id).set('children', dependency.children).map
}
