import type { Plan } from '../plan/plan.ts'
import {
  workflowChunks,
  writeProperties,
  writeReplicaCatalog,
  writeSiteCatalog,
  writeTransformationCatalog,
} from '../write/write.ts'
import { PLAN_FILE, planLines } from './plan-lines.ts'
import { planSchemaText } from './plan-schema.ts'
import { type PlannedFile, textFile } from './planned-file.ts'

/**
 * Files of Skyloom's own run directory: `plan.jsonl` (see {@link planLines}), its schema `plan.schema.json`, and in
 * `catalogs/` what was planned from. Three files and the catalogs, for any number of jobs.
 */
export function* runDirectoryFiles(plan: Plan): Generator<PlannedFile, void, undefined> {
  const { request } = plan.built
  yield { path: PLAN_FILE, chunks: planLines(plan), isExecutable: false }
  yield textFile('plan.schema.json', planSchemaText())
  yield { path: 'catalogs/workflow.yml', chunks: workflowChunks(request.workflow), isExecutable: false }
  if (request.sites !== undefined) yield textFile('catalogs/sites.yml', writeSiteCatalog(request.sites))
  if (request.transformations !== undefined) {
    yield textFile('catalogs/transformations.yml', writeTransformationCatalog(request.transformations))
  }
  if (request.replicas !== undefined)
    yield textFile('catalogs/replicas.yml', writeReplicaCatalog(request.replicas))
  if (request.properties !== undefined)
    yield textFile('catalogs/pegasus.properties', writeProperties(request.properties))
}
