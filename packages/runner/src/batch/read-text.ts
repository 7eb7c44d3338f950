import { readFileSync } from 'node:fs'

/** Text of a file; `undefined` when it is not there. */
export function readTextFile(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (cause) {
    if (cause instanceof Error && 'code' in cause && cause.code === 'ENOENT') return undefined
    throw cause
  }
}

/** Last line of a file that says something, at most so many characters; empty when there is none. */
export function readTail(path: string, most: number): string {
  const text = readTextFile(path) ?? ''
  return (text.trimEnd().split('\n').at(-1) ?? '').slice(-most)
}
