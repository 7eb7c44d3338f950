import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { freshFolder } from '../../testing/folders.ts'
import { type CommandIn, commandIn } from './command-in.ts'
import { siteEntries, stageEntry } from './engines.ts'

/** What the workflow makes of the file `raw.txt`. */
export const ALL_TEXT = 'ORION\nnoiro\n'

/** A folder with a workflow of three jobs and its catalogs. */
export interface SmallWorkflow {
  readonly folder: string
  readonly skyloom: CommandIn
}

/**
 * Writes a workflow: `raw.txt` in upper case and backwards, by a job each, both joined to `all.txt` by a third.
 *
 * @param places site of each job; the sites are those of the engines, and `stage`
 * @param stageUrl directory of the staging site
 */
export function smallWorkflow(
  places: Readonly<Record<'upper' | 'back' | 'all', string>>,
  stageUrl: string,
  environment: Readonly<Record<string, string>> = {},
): SmallWorkflow {
  const folder = freshFolder()
  const job = (
    id: keyof typeof places,
    name: string,
    words: readonly string[],
    inputs: readonly string[],
  ): object => ({
    type: 'job',
    id,
    name,
    arguments: words,
    ...(words.includes('upper.txt') ? {} : { stdin: 'raw.txt' }),
    stdout: `${id}.txt`,
    uses: [
      ...inputs.map((lfn) => ({ lfn, type: 'input' })),
      { lfn: `${id}.txt`, type: 'output', stageOut: id === 'all' },
    ],
    profiles: { selector: { 'execution.site': places[id] } },
  })
  // JSON is YAML in flow style.
  const write = (name: string, content: object): void =>
    writeFileSync(join(folder, name), JSON.stringify({ pegasus: '5.0', ...content }))
  write('workflow.yml', {
    name: 'small',
    jobs: [
      job('upper', 'tr', ['a-z', 'A-Z'], ['raw.txt']),
      job('back', 'rev', [], ['raw.txt']),
      job('all', 'cat', ['upper.txt', 'back.txt'], ['upper.txt', 'back.txt']),
    ],
    jobDependencies: ['upper', 'back'].map((id) => ({ id, children: ['all'] })),
  })
  write('replicas.yml', {
    replicas: [{ lfn: 'raw.txt', pfns: [{ site: 'local', pfn: join(folder, 'raw.txt') }] }],
  })
  const sites = [...new Set(Object.values(places))]
  write('transformations.yml', {
    transformations: ['tr', 'rev', 'cat'].map((name) => ({
      name,
      sites: sites.map((site) => ({ name: site, pfn: `/usr/bin/${name}`, type: 'installed' })),
    })),
  })
  writeFileSync(
    join(folder, 'sites.yml'),
    `pegasus: '5.0'\nsites:\n${siteEntries(join(folder, 'scratch'))}${stageEntry(stageUrl)}`,
  )
  writeFileSync(join(folder, 'raw.txt'), 'orion\n')
  mkdirSync(join(folder, 'out'))
  return { folder, skyloom: commandIn(folder, environment) }
}
