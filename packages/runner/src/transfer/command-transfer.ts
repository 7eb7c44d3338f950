import * as z from 'zod'
import { RunnerError } from '../errors.ts'
import type { Transfer } from './transfer.ts'
import { programError, runTransferProgram } from './transfer-program.ts'

const words = z.array(z.string()).min(1)
const commandList = z.array(
  z.object({ scheme: z.string().regex(/^[a-z][a-z0-9+.-]*$/), get: words, put: words.optional() }),
)

/** Programs that move files of a scheme: argument lists in which `{url}` and `{path}` are replaced. */
export interface TransferCommand {
  /** In lower case, without `:`. */
  readonly scheme: string
  readonly get: readonly string[]
  readonly put?: readonly string[] | undefined
}

/**
 * Reads a JSON list of commands: `[{"scheme": "s3", "get": ["aws", "s3", "cp", "{url}", "{path}"]}]`.
 *
 * @throws {RunnerError} `RUNNER_BAD_RECORD`
 */
export function readTransferCommands(text: string, path: string): readonly TransferCommand[] {
  let found: string
  try {
    const parsed = commandList.safeParse(JSON.parse(text))
    if (parsed.success) return parsed.data
    found = z.prettifyError(parsed.error)
  } catch (cause) {
    found = cause instanceof Error ? cause.message : String(cause)
  }
  throw new RunnerError('RUNNER_BAD_RECORD', 'the commands for transfers cannot be read', {
    where: [path],
    found,
    allowed: 'a JSON list of objects with scheme, get and put',
  })
}

/** Transfers of a scheme by a configured program, started without a shell. */
export function commandTransfer(command: TransferCommand): Transfer {
  const run = async (
    argv: readonly string[],
    url: string,
    path: string,
    signal: AbortSignal,
  ): Promise<void> => {
    const words = argv.map((word) =>
      word.replaceAll(/\{(url|path)\}/g, (_, name: string) => (name === 'url' ? url : path)),
    )
    try {
      await runTransferProgram({ argv: words, url, signal })
    } catch (cause) {
      signal.throwIfAborted()
      throw programError(url, cause)
    }
  }
  const { put } = command
  return {
    schemes: [command.scheme],
    get: async (url, path, { signal }) => await run(command.get, url, path, signal),
    ...(put === undefined
      ? {}
      : {
          put: async (path: string, url: string, { signal }: { readonly signal: AbortSignal }) =>
            await run(put, url, path, signal),
        }),
  }
}
