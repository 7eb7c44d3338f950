import { spawnSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { parseSurveyRegistry } from '@skyloom/mosaic'
import { expect, test } from 'vitest'
import { examplesOf, runExample } from '../../../testing/document-examples.ts'
import { demoImages, freshFolder, repositoryRoot } from '../../../testing/folders.ts'
import { installModules } from '../src/command/install-modules.ts'

const text = readFileSync(join(repositoryRoot, 'docs/montage.md'), 'utf8')

test('the chain of docs/montage.md runs as it stands, with the installed commands', async () => {
  const [, script = ''] = /```sh\n([^]*?)```/.exec(text) ?? []
  const folder = freshFolder()
  await installModules(join(folder, 'bin'))
  mkdirSync(join(folder, 'raw'))
  const images = readdirSync(demoImages).filter((name) => name.endsWith('.gz'))
  for (const name of images.slice(0, 2)) cpSync(join(demoImages, name), join(folder, 'raw', name))
  const env = { ...process.env, PATH: [join(folder, 'bin'), process.env['PATH']].join(delimiter) }
  const { stdout, status } = spawnSync('sh', ['-e', '-c', script], { cwd: folder, env, encoding: 'utf8' })
  expect(stdout.split('\n').filter((line) => line !== '' && !line.startsWith('[struct stat="OK"'))).toEqual(
    [],
  )
  expect(status).toBe(0)
  expect(existsSync(join(folder, 'mosaic.png'))).toBe(true)
})

test('the survey registry of docs/montage.md is one', () => {
  const [, json = ''] = /```json\n([^]*?)```/.exec(text) ?? []
  const { surveys, resolver } = parseSurveyRegistry(json, 'docs/montage.md')
  expect(
    surveys.map(({ name, bands }) => [name, ...bands.map((band) => [band.name, band.service.kind])]),
  ).toEqual([
    ['2MASS', ['J', 'folder'], ['K', 'sia2']],
    ['Mirror', ['r', 'table']],
  ])
  expect(resolver).toBeDefined()
})

test.each(examplesOf('docs/montage.md'))('$name', async (example) => {
  expect(await runExample(example)).toBe(example.output)
})
