import { cp } from 'node:fs/promises'
import { join } from 'node:path'
import Database from 'better-sqlite3'
import { describe, expect, test } from 'vitest'
import { freshFolder } from '../../../testing/folders.ts'
import { sharedPath, skipShared } from '../../../testing/shared-data.ts'
import { skyloomIn } from './command.ts'

const RUNS = [
  ['process_wf_success', 'process-0.stampede.db'],
  ['process_wf_failure', 'process-0.stampede.db'],
  ['text-analysis-run1', 'harry-potter-text-analysis-0.stampede.db'],
] as const

/** What Pegasus' statistics and analyzer ask of the database. */
const QUESTIONS = [
  'SELECT wf_uuid, dax_label, user FROM workflow',
  'SELECT state, timestamp, restart_count FROM workflowstate ORDER BY timestamp',
  'SELECT exec_job_id, type_desc, task_count FROM job ORDER BY exec_job_id',
  'SELECT parent_exec_job_id, child_exec_job_id FROM job_edge ORDER BY 1, 2',
  'SELECT abs_task_id, transformation, type_desc FROM task ORDER BY abs_task_id',
  `SELECT j.exec_job_id, count(*) AS tries FROM job_instance i JOIN job j USING (job_id) GROUP BY 1 ORDER BY 1`,
  'SELECT site, hostname FROM host ORDER BY 1, 2',
  `SELECT transformation, count(*) AS n, sum(exitcode > 0) AS failed, round(sum(remote_duration), 3) AS s
   FROM invocation GROUP BY 1 ORDER BY 1`,
  `SELECT round(sum(remote_duration * multiplier_factor), 3) AS s FROM invocation JOIN job_instance USING (job_instance_id)
   WHERE task_submit_seq >= 0`,
  'SELECT sum(local_duration * multiplier_factor) AS s FROM job_instance',
] as const

describe.skipIf(skipShared)('a run of Pegasus', () => {
  test.for(RUNS)(
    '%s that went through the registry answers as its own database does',
    async ([run, database]) => {
      const folder = freshFolder()
      const source = sharedPath('corpus/pegasus/runs', run)
      await cp(source, join(folder, 'run'), { recursive: true, mode: 0 })
      const registry = ['--registry', 'registry.db'] as const
      expect(await skyloomIn(folder, 'run', 'import', 'run', ...registry)).toMatchObject({ code: 0 })
      const theirs = new Database(join(folder, 'run', database), { readonly: true })
      const id = String(theirs.prepare('SELECT wf_uuid FROM workflow').pluck().get())
      const exported = await skyloomIn(
        folder,
        'registry',
        'export',
        '--run',
        id,
        '--stampede',
        'out.db',
        ...registry,
      )
      expect(exported).toMatchObject({ code: 0, stderr: '' })
      const ours = new Database(join(folder, 'out.db'), { readonly: true })
      for (const question of QUESTIONS)
        expect(ours.prepare(question).all(), question).toEqual(theirs.prepare(question).all())
      ours.close()
      theirs.close()
    },
  )
})
