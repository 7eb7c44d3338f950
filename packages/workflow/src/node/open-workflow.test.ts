import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openWorkflow, workflowFormat } from './open-workflow.ts'
import { readTextFile } from './text-file.ts'

const formats = [
  { name: 'a.yml', text: 'pegasus: 5.0.4\nname: a\n', format: 'pegasus' },
  {
    name: 'a.json',
    text: '{"pegasus": "5.0.4", "metadata": {"schemaVersion": "1"}, "jobs": []}',
    format: 'pegasus',
  },
  { name: 'a.json', text: '{"name": "a", "schemaVersion": "1.5", "workflow": {}}', format: 'wfformat' },
  { name: 'a.dax', text: '', format: 'dax' },
  { name: 'a', text: '<?xml version="1.0"?>\n<adag/>', format: 'dax' },
  { name: 'a.dag', text: '', format: 'dag' },
  { name: 'a.txt', text: '# nodes\n\nJOB A a.sub\n', format: 'dag' },
  { name: 'a.cwl', text: '', format: 'cwl' },
  { name: 'a.yml', text: '#!/usr/bin/env cwl-runner\ncwlVersion: v1.2\n', format: 'cwl' },
] as const

test.for(formats)('$name $text is $format', ({ name, text, format }) => {
  expect(workflowFormat(name, text)).toBe(format)
})

async function file(name: string, content: string | Uint8Array): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'skyloom-workflow-'))
  onTestFinished(async () => await rm(folder, { recursive: true, force: true }))
  await writeFile(join(folder, name), content)
  return join(folder, name)
}

test('gives problems as values, with their places', async () => {
  const path = await file('w.yml', 'pegasus: 5.0.4\nname: w\njobs: []\n')
  const opened = await openWorkflow(path, { name: 'w.yml' })
  expect(opened).toMatchObject({
    ok: false,
    format: 'pegasus',
    problems: [{ severity: 'error', code: 'TOO_FEW' }],
  })
  expect(opened.ok ? '' : opened.problems[0]?.text).toMatch(/^w\.yml:3:7: jobs: /)
})

test('reads the inputs of a CWL workflow', async () => {
  const path = await file(
    'tool.cwl',
    'cwlVersion: v1.2\nclass: CommandLineTool\nbaseCommand: cat\ninputs:\n  f: {type: File, inputBinding: {position: 1}}\noutputs: []\n',
  )
  const inputs = await file('in.yml', 'f: {class: File, path: /data/raw.txt}\n')
  const opened = await openWorkflow(path, { inputsFile: inputs })
  expect(opened.ok ? opened.replicaCatalog?.replicas : opened.problems).toMatchObject([
    { lfn: 'raw.txt', locations: [{ pfn: expect.stringContaining('/data/raw.txt') as string }] },
  ])
})

test('a file that is not UTF-8 is refused, one with a byte order mark is not', async () => {
  await expect(readTextFile(await file('latin1', Uint8Array.of(0x6e, 0xe4)))).rejects.toMatchObject({
    code: 'WORKFLOW_INVALID',
  })
  expect(await readTextFile(await file('bom', '\ufeffname: a'))).toBe('name: a')
  await expect(readTextFile(join(tmpdir(), 'skyloom-no-such-file'))).rejects.toMatchObject({
    code: 'BASE_READ_FAILED',
  })
})
