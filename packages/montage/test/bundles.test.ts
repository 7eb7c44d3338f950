import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { freshFolder, repositoryRoot } from '../../../testing/folders.ts'
import { MODULE_NAMES } from '../src/command/registry.ts'
import { writeSmallSurvey } from './support/small-survey.ts'

const bundles = join(repositoryRoot, 'packages/montage/dist/modules')
const program = join(repositoryRoot, 'packages/montage/bin/montage-module.js')

// `npm run build` makes the bundles; a plain compilation does not.
describe.skipIf(!existsSync(bundles) && process.env['CI'] !== 'true')(
  'commands as they are installed',
  () => {
    test('each has a bundle of its own', () => {
      const code = `for (const name of ${JSON.stringify(MODULE_NAMES)}) {
      const { module, runModule } = await import(${JSON.stringify(bundles)} + '/' + name + '.js')
      if (module.name !== name || typeof runModule !== 'function') throw new Error(name)
    }`
      execFileSync(process.execPath, ['--input-type=module', '--eval', code])
    })

    test('an executive finds the other modules, and their errors keep their words', () => {
      const folder = freshFolder()
      mkdirSync(join(folder, 'sky'))
      writeSmallSurvey(join(folder, 'sky'))
      const registry = { surveys: { Sky: { kind: 'folder', path: 'sky', bands: { J: {} } } } }
      writeFileSync(join(folder, 'surveys.json'), JSON.stringify(registry))
      const options = {
        cwd: folder,
        encoding: 'utf8' as const,
        env: { ...process.env, SKYLOOM_SURVEYS: join(folder, 'surveys.json') },
      }
      const args = ['-f', 'sky/region.hdr', '-j', '2', 'Sky', 'J', 'work']
      expect(execFileSync(process.execPath, [program, 'mExec', ...args], options)).toBe(
        '[struct stat="OK"]\n',
      )
      expect(existsSync(join(folder, 'work/mosaic.fits'))).toBe(true)
      const failed = spawnSync(
        process.execPath,
        [program, 'mExec', '-f', 'sky/region.hdr', '-r', 'none', 'Sky', 'J', 'w2'],
        options,
      )
      expect([failed.status, failed.stdout]).toEqual([
        1,
        `[struct stat="ERROR", msg="mImgtbl: Cannot access ${join(folder, 'none')}"]\n`,
      ])
    })
  },
)
