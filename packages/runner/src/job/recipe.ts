import { createHash } from 'node:crypto'

/** What decides the content of a job's outputs. */
export interface Recipe {
  readonly tasks: readonly {
    /** Content hash of the program, or the module and name of a function with its hash. */
    readonly program: string
    readonly arguments: readonly string[]
    readonly environment: readonly (readonly [string, string])[]
    readonly stdin: string | undefined
    readonly stdout: string | undefined
    readonly stderr: string | undefined
  }[]
  readonly inputs: readonly { readonly lfn: string; readonly sha256: string }[]
  readonly outputs: readonly string[]
}

/** Version of the recipe's form; results of another version are not used again. */
const RECIPE_VERSION = 1

/** Content hash of a recipe: equal hashes, equal outputs. The order of inputs and outputs does not count. */
export function recipeSha256(recipe: Recipe): string {
  const canonical = {
    version: RECIPE_VERSION,
    tasks: recipe.tasks.map((task) => [
      task.program,
      task.arguments,
      [...task.environment].sort(([a], [b]) => (a < b ? -1 : 1)),
      task.stdin ?? null,
      task.stdout ?? null,
      task.stderr ?? null,
    ]),
    inputs: recipe.inputs.map(({ lfn, sha256 }) => `${sha256} ${lfn}`).sort(),
    outputs: [...recipe.outputs].sort(),
  }
  return createHash('sha256').update(JSON.stringify(canonical)).digest('hex')
}
