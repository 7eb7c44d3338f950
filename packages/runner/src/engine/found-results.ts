import type { FoundResult } from '../job/job-context.ts'
import type { EngineStore } from '../store/run-store.ts'

/** Results of a recipe as jobs take them over: files with a checksum, and where they lie. */
export function foundResults(known: Awaited<ReturnType<EngineStore['findResults']>>): readonly FoundResult[] {
  return known.map(({ runId, jobId, attempt, outputs }) => ({
    name: `${runId} ${jobId} ${attempt}`,
    files: outputs.flatMap(({ lfn, sha256, replicas }) =>
      sha256 === null ? [] : [{ lfn, sha256, urls: replicas.map(({ pfn }) => pfn) }],
    ),
  }))
}
