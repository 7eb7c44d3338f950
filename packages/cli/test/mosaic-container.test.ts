import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { expect, test } from 'vitest'
import { demoImages, freshFolder, repositoryRoot } from '../../../testing/folders.ts'
import { addProgram, lacksContainers, makeRootTree } from '../../../testing/root-tree.ts'

const command = fileURLToPath(new URL('../bin/skyloom.js', import.meta.url))

test.skipIf(lacksContainers())(
  'a mosaic whose modules run in a container is the same to the byte, and its history names the image',
  { timeout: 180_000 },
  () => {
    const folder = freshFolder()
    mkdirSync(join(folder, 'raw'))
    for (const name of readdirSync(demoImages).slice(0, 3))
      copyFileSync(join(demoImages, name), join(folder, 'raw', name))
    const tree = makeRootTree(join(folder, 'tree'))
    addProgram(tree, process.execPath)
    const skyloom = (...words: readonly string[]): string => {
      const env = { ...process.env, SKYLOOM_REGISTRY: join(folder, 'registry.sqlite') }
      const run = spawnSync(process.execPath, [command, ...words], { cwd: folder, env, encoding: 'utf8' })
      if (run.status !== 0) throw new Error(`skyloom ${words.join(' ')}: ${run.stderr}${run.stdout}`)
      return run.stdout
    }
    const make = (name: string, ...container: readonly string[]): void => {
      skyloom('mosaic', 'plan', '--images', 'raw', '--out', name, ...container)
      const where = ['--sites', 'local', '--output-sites', 'local', '--dir', `${name}-runs`]
      skyloom('plan', `${name}/workflow.yml`, ...where, '--relative-dir', 'run', '--quiet')
      skyloom('run', 'start', `${name}-runs/run`, '--quiet', '--no-reuse')
    }
    make('plain')
    make(
      'boxed',
      ...['--container', 'tree/', '--container-modules', '/opt/modules'],
      ...['--container-mount', `${join(folder, 'plain/bin')}:/opt/modules:ro`],
      ...['--container-mount', `${repositoryRoot}:${repositoryRoot.replace(/\/$/, '')}:ro`],
    )
    const products = readdirSync(join(folder, 'plain/products')).filter((name) => name.endsWith('.fits'))
    expect(products).toContain('mosaic.fits')
    for (const name of products) {
      const [plain, boxed] = ['plain', 'boxed'].map((made) =>
        readFileSync(join(folder, made, 'products', name)),
      )
      expect(boxed?.equals(plain ?? Buffer.of()), name).toBe(true)
    }
    const history = skyloom('trace', join(folder, 'boxed/products/mosaic.fits'), '--full')
    for (const name of ['mProject', 'mAdd', 'modules']) expect(history).toContain(name)
  },
)
