import type { Workflow } from '@skyloom/workflow/api'

/** Names of the Montage modules that the jobs of a workflow call, each once. */
export function modulesOf(workflow: Workflow): readonly string[] {
  const { jobs } = workflow.build()
  return [...new Set(jobs.flatMap((job) => (job.type === 'job' ? [job.name] : [])))]
}
