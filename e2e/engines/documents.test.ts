import { execFile } from 'node:child_process'
import { copyFileSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, test } from 'vitest'
import { commandsOf } from '../../testing/document-examples.ts'
import { demoImages, freshFolder } from '../../testing/folders.ts'
import { engines } from './engines.ts'

const command = fileURLToPath(new URL('../../packages/cli/bin/skyloom.js', import.meta.url))
const SECTIONS = {
  Slurm: 'Your Slurm cluster in ten minutes',
  HTCondor: 'Your HTCondor pool in ten minutes',
} as const

describe.for(engines)('the page for $name', ({ name }) => {
  test('can be followed word for word to the end', { timeout: 300_000 }, async () => {
    const folder = freshFolder()
    for (const made of ['raw', 'programs']) mkdirSync(join(folder, made))
    for (const image of readdirSync(demoImages).slice(0, 3))
      copyFileSync(join(demoImages, image), join(folder, 'raw', image))
    writeFileSync(
      join(folder, 'programs/skyloom'),
      `#!/bin/sh\nexec '${process.execPath}' '${command}' "$@"\n`,
      { mode: 0o755 },
    )
    // Two of its folders are those of a machine of the reader's.
    const commands = commandsOf('docs/clusters.md', SECTIONS[name])
      .replaceAll('/shared/ann/scratch', join(folder, 'scratch'))
      .replaceAll('/opt/skyloom/bin', join(folder, 'm42/bin'))
    const env = {
      ...process.env,
      PATH: [join(folder, 'programs'), process.env['PATH']].join(delimiter),
      SKYLOOM_REGISTRY: join(folder, 'registry.sqlite'),
    }
    const { stdout, stderr } = await promisify(execFile)('sh', ['-e', '-c', commands], { cwd: folder, env })
    expect(stdout).toMatch(/^site \w+ works$/m)
    expect(stderr).not.toMatch(/warning/i)
    const mosaic = readFileSync(join(folder, 'm42/products/mosaic.fits'), 'latin1')
    expect(mosaic).toMatch(/^SIMPLE {2}= {20}T/)
  })
})
