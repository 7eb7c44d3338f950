import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { pegasusCorpus, skipShared } from '../../../testing/shared-data.ts'
import { checkWorkflow, exportWfFormat, formatProblem, importDag, importWfFormat } from '../src/index.ts'

interface Instance {
  readonly workflow: {
    readonly specification: {
      readonly tasks: { parents: string[]; children: string[]; inputFiles: string[]; outputFiles: string[] }[]
      readonly files: { readonly id: string }[]
    }
  }
}

/** Lists of an instance whose order means nothing, in one order. */
function sorted(instance: Instance): Instance {
  for (const task of instance.workflow.specification.tasks) {
    for (const list of [task.parents, task.children, task.inputFiles, task.outputFiles]) list.sort()
  }
  instance.workflow.specification.files.sort((a, b) => (a.id < b.id ? -1 : 1))
  return instance
}

const instances = !skipShared ? readdirSync(`${pegasusCorpus}/instances`) : []

describe.skipIf(skipShared)('measured runs in WfFormat', () => {
  test.for(instances)('%s is imported without loss and exported as it was', (file) => {
    const text = readFileSync(`${pegasusCorpus}/instances/${file}`, 'utf8')
    const result = importWfFormat(text, { name: file })
    if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'))
    expect(result.value.losses).toEqual([])
    expect(checkWorkflow(result.value.workflow)).toEqual([])
    const exported = exportWfFormat(result.value.workflow)
    expect(exported.losses).toEqual([])
    // Both texts are instances; the corpus is trusted.
    expect(sorted(JSON.parse(exported.text) as Instance)).toEqual(sorted(JSON.parse(text) as Instance))
  })
})

const dags = [
  { file: 'process_wf_success/process-0.dag', jobs: 5 },
  { file: 'sample_wf_held/Drug-Combination-Therapy-0.dag', jobs: 8 },
  { file: 'text-analysis-run1/harry-potter-text-analysis-0.dag', jobs: 19 },
]

describe.skipIf(skipShared)('DAGMan files of real runs', () => {
  test.for(dags)('$file is imported', ({ file, jobs }) => {
    const folder = `${pegasusCorpus}/runs/${file.slice(0, file.indexOf('/'))}`
    const result = importDag(readFileSync(`${pegasusCorpus}/runs/${file}`, 'utf8'), {
      name: file,
      directory: '/run',
      readFile: (path) => readFileSync(`${folder}/${path}`, 'utf8'),
    })
    if (!result.ok) throw new Error(result.problems.map(formatProblem).join('\n'))
    expect(result.value.workflow.jobs).toHaveLength(jobs)
    expect(result.value.losses.map((loss) => loss.what)).toEqual([
      'macro $(cluster)',
      'macro $(process)',
      'submit command log',
    ])
    expect(checkWorkflow(result.value.workflow)).toEqual([])
  })
})
