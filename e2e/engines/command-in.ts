import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const command = fileURLToPath(new URL('../../packages/cli/bin/skyloom.js', import.meta.url))

/** Runs a command in a folder, with the registry of the folder. @throws Error with what it said when it fails */
export type CommandIn = (...words: readonly string[]) => Promise<string>

/** The command `skyloom` in a folder. */
export function commandIn(folder: string, environment: Readonly<Record<string, string>> = {}): CommandIn {
  return async (...words) => {
    const env = { ...process.env, ...environment, SKYLOOM_REGISTRY: join(folder, 'registry.sqlite') }
    const child = spawn(process.execPath, [command, ...words], { cwd: folder, env })
    let text = ''
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (part: string) => {
        text += part
      })
    const code = await new Promise((resolve) => child.once('close', resolve))
    if (code !== 0) throw new Error(`skyloom ${words.join(' ')}: ${String(code)} ${text}`)
    return text
  }
}
