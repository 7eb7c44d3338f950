import {
  count,
  either,
  flag,
  list,
  number,
  type Part,
  record,
  table,
  text,
  texts,
  withOptional,
  word,
} from './parts.ts'

const findings = list(record({ severity: word('error', 'warning'), code: text, text }))
const format = word('pegasus', 'wfformat', 'dax', 'cwl', 'dag')
const kind = word('sites', 'transformations', 'replicas', 'properties')
const runtime = record({ count, sum: number, least: number, mean: number, most: number })
const files = record({ files: count, bytes: count, filesWithoutSize: count })
const pairs = list(record({ key: text, value: text }))

const validated = record({ file: text, format, jobs: count, findings })

const overview = record({
  name: text,
  format,
  jobs: count,
  edges: count,
  levels: count,
  transformations: list(record({ name: text, jobs: count })),
  inputs: texts,
  results: texts,
  catalogs: texts,
  metadata: pairs,
})

const jobDetails = withOptional(
  {
    id: text,
    type: word('job', 'pegasusWorkflow', 'condorWorkflow'),
    title: text,
    level: count,
    arguments: texts,
    reads: list(withOptional({ lfn: text }, { from: text })),
    writes: list(record({ lfn: text, to: texts, isResult: flag })),
    parents: texts,
    children: texts,
    profiles: list(record({ namespace: text, key: text, value: text })),
    hooks: list(record({ on: text, command: text })),
    metadata: pairs,
  },
  { label: text, stdin: text, stdout: text, stderr: text },
)

const stats = withOptional(
  {
    name: text,
    jobs: count,
    subWorkflows: count,
    edges: count,
    levels: count,
    levelWidths: list(count),
    roots: count,
    leaves: count,
    inputs: files,
    intermediate: files,
    outputs: files,
    transformations: list(
      withOptional({ name: text, jobs: count, reads: count, writes: count }, { runtime }),
    ),
    criticalPathSeconds: number,
    criticalPath: texts,
  },
  { runtime },
)

const planned = withOptional(
  {
    workflow: text,
    basename: text,
    data_configuration: text,
    jobs: table(count),
    dag_nodes: count,
    dag_edges: count,
    transfers: table(count),
    tasks: table(count),
    forecast: record({
      task_seconds: number,
      tasks_without_runtime: count,
      wall_seconds: number,
      critical_path_seconds: number,
      critical_path: texts,
      stage_in_bytes: count,
      stage_out_bytes: count,
      inter_site_bytes: count,
      files_without_size: count,
      peak_scratch_bytes: table(count),
      written_scratch_bytes: table(count),
      scratch_bound_bytes: table(count),
    }),
    warnings: texts,
    sources: list(record({ role: text, path: text })),
    submit_dir: text,
    scratch_dir: text,
  },
  { nodes: table(text), edges: list(texts), wf_uuid: text, files: count, dag: text },
)

const entries = record({
  file: text,
  kind,
  entries: list(withOptional({ name: text, more: text }, { site: text, place: text })),
})
const checked = record({ file: text, kind, findings })
const change = record({
  file: text,
  name: text,
  change: word('created', 'added', 'extended', 'replaced', 'unchanged'),
})

/** What `skyloom workflow ... --json`, `plan --json` and `catalog ... --json` print, by the name of its schema. */
export const WORKFLOW_DOCUMENTS: Readonly<Record<string, Part>> = {
  // Several files: a list.
  'workflow-validate': either(validated, list(validated)),
  // With the name of a job what is known of it.
  'workflow-show': either(overview, jobDetails),
  'workflow-stats': stats,
  'workflow-convert': record({
    ok: flag,
    from: format,
    to: word('wfformat', 'yaml', 'json'),
    jobs: count,
    written: texts,
    losses: list(record({ what: text, where: text, count })),
    warnings: findings,
  }),
  // Refused plans: why.
  plan: either(planned, record({ refused: flag, problems: findings })),
  'plan-explain': withOptional(
    { subject: text, reasons: list(record({ topic: text, text })) },
    { planJob: text },
  ),
  'catalog-list': either(entries, list(entries)),
  'catalog-validate': either(checked, list(checked)),
  'catalog-add-replica': change,
  'catalog-add-site': change,
  'catalog-add-transformation': change,
  'catalog-add-container': change,
}
