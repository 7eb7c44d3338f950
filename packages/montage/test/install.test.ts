import { execFileSync } from 'node:child_process'
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { delimiter, join } from 'node:path'
import { expect, test } from 'vitest'
import { freshFolder } from '../../../testing/folders.ts'
import { installModules } from '../src/command/install-modules.ts'
import { MODULE_NAMES } from '../src/command/registry.ts'

test('every module becomes a command that works by the path from any folder', async () => {
  const folder = freshFolder()
  const bin = join(folder, "new 'bin' folder")
  const work = join(folder, 'work')
  mkdirSync(work)
  writeFileSync(join(work, 'in.tbl'), '| a |\n|int|\n  3\n  1\n')
  await installModules(bin)
  expect(readdirSync(bin).sort()).toEqual([...MODULE_NAMES].sort())
  for (const name of MODULE_NAMES) expect(statSync(join(bin, name)).mode & 0o111).toBe(0o111)
  const env = { ...process.env, PATH: `${bin}${delimiter}${process.env['PATH'] ?? ''}` }
  const run = (...args: readonly string[]): string =>
    execFileSync(args[0] ?? '', args.slice(1), { cwd: work, env, encoding: 'utf8' })
  expect(run('mTblSort', 'in.tbl', 'a', 'out.tbl')).toBe('[struct stat="OK", count=2]\n')
  expect(readFileSync(join(work, 'out.tbl'), 'latin1')).toMatch(/1\s+3\s*$/)
  expect(run('mTblSort')).toContain('msg="Usage: mTblSort [-d]')
})

test('installing again replaces our commands, other programs stay', async () => {
  const folder = freshFolder()
  await installModules(folder)
  await installModules(folder)
  const foreign = join(folder, 'mAdd')
  writeFileSync(foreign, 'a program\n')
  await expect(installModules(folder)).rejects.toMatchObject({ code: 'BASE_EXISTS', where: [foreign] })
  expect(readFileSync(foreign, 'utf8')).toBe('a program\n')
  await installModules(folder, { overwrite: true })
  expect(readFileSync(foreign, 'utf8')).toContain('mAdd "$@"')
})

test('a folder that cannot be made is named', async () => {
  const file = join(freshFolder(), 'a-file')
  writeFileSync(file, '')
  for (const folder of [file, join(file, 'bin')])
    await expect(installModules(folder)).rejects.toMatchObject({ code: 'BASE_WRITE_FAILED', where: [folder] })
})

test('a dry run writes nothing', async () => {
  const folder = join(freshFolder(), 'bin')
  expect(await installModules(folder, { isDryRun: true })).toHaveLength(MODULE_NAMES.length)
  expect(() => readdirSync(folder)).toThrow('ENOENT')
})
