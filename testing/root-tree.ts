import { spawnSync } from 'node:child_process'
import { constants, copyFileSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { lacksProgram, runPeer } from './peers.ts'

/** True when tests in containers must be skipped: they need bubblewrap and a BusyBox without libraries. Never under `CI=true`. */
export function lacksContainers(): boolean {
  return lacksProgram('bwrap', 'busybox', 'tar')
}

/** Makes a root tree of BusyBox and its some 270 commands in a folder; `/etc/image` says which. */
export function makeRootTree(folder: string, name = 'test'): string {
  for (const place of ['bin', 'etc', 'usr/share']) mkdirSync(join(folder, place), { recursive: true })
  const { stdout } = spawnSync('which', ['busybox'], { encoding: 'utf8' })
  copyFileSync(stdout.trim(), join(folder, 'bin/busybox'))
  for (const command of runPeer('busybox', ['--list']).trim().split('\n'))
    if (command !== 'busybox') symlinkSync('busybox', join(folder, 'bin', command))
  writeFileSync(join(folder, 'etc/image'), `${name}\n`)
  return folder
}

/** Adds a program of this machine to a root tree, at its own place and with the libraries that it loads. */
export function addProgram(tree: string, program: string): void {
  const libraries = runPeer('ldd', [program]).matchAll(/(\/\S+\.so\S*) \(/g)
  for (const path of [program, ...[...libraries].map(([, library = '']) => library)]) {
    mkdirSync(join(tree, dirname(path)), { recursive: true })
    copyFileSync(path, join(tree, path), constants.COPYFILE_FICLONE)
  }
}

/** Packs a root tree as the file of an image. */
export function packRootTree(tree: string, file: string): string {
  runPeer('tar', ['-cf', file, '-C', tree, '.'])
  return file
}
