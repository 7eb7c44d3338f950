import { spawn } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import { freshFolder } from '../../testing/folders.ts'
import { type Engine, engines } from './engines.ts'
import { httpPlace, type StagingPlace, s3Place, sftpPlace } from './staging-places.ts'

const command = fileURLToPath(new URL('../../packages/cli/bin/skyloom.js', import.meta.url))

const makers = { http: httpPlace, s3: s3Place, sftp: sftpPlace } as const
const schemes = Object.keys(makers) as StagingPlace['scheme'][]
const places = new Map<string, StagingPlace>()

beforeAll(async () => {
  if (engines.length === 0) return
  for (const scheme of schemes) places.set(scheme, await makers[scheme]())
})

describe.for(engines)('nodes of $name', (engine) => {
  test.concurrent.for(schemes)('get and send their files over %s', async (scheme) => {
    const place = places.get(scheme)
    if (place === undefined) throw new Error(`no place for ${scheme}`)
    const { folder, skyloom } = workflowFolder(engine, place)
    const words = ['--sites', engine.site, '--staging-site', 'stage', '--output-sites', 'local']
    await skyloom(
      'plan', 'workflow.yml', ...words, '--output-dir', join(folder, 'out'), '--dir', 'runs', '--relative-dir', 'one', '--quiet', '--cleanup', 'none',
      '-D', 'pegasus.data.configuration=nonsharedfs',
    )
    await skyloom('run', 'start', 'runs/one', '--quiet', ...place.words)
    expect(readFileSync(join(folder, 'out/all.txt'), 'utf8')).toBe('ORION\nnoiro\n')
    const trace = await skyloom('trace', 'out/all.txt')
    console.log(trace)
    for (const file of readdirSync(folder, { recursive: true, withFileTypes: true })) {
      if (!file.isFile()) continue
      const text = readFileSync(join(file.parentPath, file.name), 'latin1')
      for (const secret of place.secrets) expect(text.includes(secret), file.name).toBe(false)
    }
  })
})

interface Folder {
  readonly folder: string
  readonly skyloom: (...words: readonly string[]) => Promise<string>
}

function workflowFolder(engine: Engine, place: StagingPlace): Folder {
  const folder = freshFolder()
  writeFileSync(join(folder, 'raw.txt'), 'orion\n')
  writeFileSync(join(folder, 'workflow.yml'), `pegasus: '5.0.4'
name: small
jobs:
- {type: job, id: upper, name: tr, arguments: [a-z, A-Z], stdin: raw.txt, stdout: upper.txt, uses: [{lfn: raw.txt, type: input}, {lfn: upper.txt, type: output, stageOut: false}]}
- {type: job, id: back, name: rev, arguments: [], stdin: raw.txt, stdout: back.txt, uses: [{lfn: raw.txt, type: input}, {lfn: back.txt, type: output, stageOut: false}]}
- {type: job, id: all, name: cat, arguments: [upper.txt, back.txt], stdout: all.txt, uses: [{lfn: upper.txt, type: input}, {lfn: back.txt, type: input}, {lfn: all.txt, type: output}]}
jobDependencies: [{id: upper, children: [all]}, {id: back, children: [all]}]
`)
  writeFileSync(join(folder, 'replicas.yml'), `pegasus: '5.0'
replicas:
- {lfn: raw.txt, pfns: [{site: local, pfn: '${join(folder, 'raw.txt')}'}]}
`)
  writeFileSync(join(folder, 'transformations.yml'), `pegasus: '5.0'
transformations:
${['tr', 'rev', 'cat'].map((name) => `- {name: ${name}, sites: [{name: ${engine.site}, pfn: /usr/bin/${name}, type: installed}]}`).join('\n')}
`)
  writeFileSync(join(folder, 'sites.yml'), `pegasus: '5.0'
sites:
- name: cluster
  grids: [{type: batch, contact: localhost, scheduler: slurm, jobtype: compute}]
- name: pool
  profiles: {pegasus: {style: condor}}
- name: stage
  directories:
  - type: sharedScratch
    path: /
    fileServers: [{url: '${place.url}', operation: all}]
`)
  mkdirSync(join(folder, 'out'))
  const skyloom = async (...words: readonly string[]): Promise<string> => {
    const env = { ...process.env, ...place.environment, SKYLOOM_REGISTRY: join(folder, 'registry.sqlite') }
    const child = spawn(process.execPath, [command, ...words], { cwd: folder, env })
    let text = ''
    for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (part: string) => (text += part))
    const code = await new Promise((resolve) => child.once('close', resolve))
    if (code !== 0) throw new Error(`skyloom ${words.join(' ')}: ${String(code)} ${text}`)
    return text
  }
  return { folder, skyloom }
}
