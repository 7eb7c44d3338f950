import type { Session } from '../database/database.ts'
import type { KnownResult } from './run-store.ts'

/** Successful attempts with a content hash, newest first. */
export async function findResults(
  session: Session,
  recipeSha256: string,
  limit: number,
): Promise<readonly KnownResult[]> {
  const attempts = await session.rows(
    session.sql
      .selectFrom('attempt')
      .innerJoin('run', 'run.key', 'attempt.run_key')
      .select(['attempt.run_key', 'run.id as run_id', 'job_id', 'attempt', 'attempt.ended_ms'])
      .where('recipe_sha256', '=', recipeSha256)
      .where('attempt.state', '=', 'succeeded')
      .orderBy('attempt.ended_ms', 'desc')
      .limit(limit),
  )
  const results: KnownResult[] = []
  for (const { run_key: key, run_id: runId, job_id: jobId, attempt, ended_ms: endedMs } of attempts) {
    const rows = await session.rows(
      session.sql
        .selectFrom('file')
        .leftJoin('replica', 'replica.file_key', 'file.key')
        .select(['file.id', 'lfn', 'size_bytes', 'sha256', 'site', 'pfn'])
        .where('run_key', '=', key)
        .where('job_id', '=', jobId)
        .where('attempt', '=', attempt)
        .orderBy('lfn')
        .orderBy('site')
        .orderBy('pfn'),
    )
    const outputs = new Map<string, KnownResult['outputs'][number]>()
    for (const { id, lfn, size_bytes: sizeBytes, sha256, site, pfn } of rows) {
      const replicas = outputs.get(id)?.replicas ?? []
      const more = site === null || pfn === null ? [] : [{ site, pfn }]
      outputs.set(id, { fileId: id, lfn, sizeBytes, sha256, replicas: [...replicas, ...more] })
    }
    results.push({ runId, jobId, attempt, endedMs, outputs: [...outputs.values()] })
  }
  return results
}
