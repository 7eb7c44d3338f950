import type { ProblemCollector, ProblemFacts } from '../problem/collector.ts'
import type { ProblemCode } from '../problem/problem.ts'
import type { YamlNode } from '../yaml/node.ts'

/** What reading a document carries along: the path to the node, the problems, and variables. */
export class ReadContext {
  readonly problems: ProblemCollector
  readonly #path: (string | number)[] = []

  readonly #variables: ((name: string) => string | undefined) | undefined
  #isExpanding = false

  constructor(problems: ProblemCollector, variables?: (name: string) => string | undefined) {
    this.problems = problems
    this.#variables = variables
  }

  /** Runs `read` with `${NAME}` in texts replaced, when the caller gave variables. */
  expanding<T>(read: () => T): T {
    const before = this.#isExpanding
    this.#isExpanding = this.#variables !== undefined
    const value = read()
    this.#isExpanding = before
    return value
  }

  /** Replaces `${NAME}` in a text of a catalog; an unknown name is an error. */
  expand(text: string, node: YamlNode): string {
    if (!this.#isExpanding || !text.includes('${')) return text
    return text.replaceAll(/\$\{([^{}]*)\}/g, (whole, name: string) => {
      const value = this.#variables?.(name)
      if (value !== undefined) return value
      this.report('UNDEFINED_VARIABLE', 'the variable is not set', node, {
        found: whole,
        suggestion: `set ${name}`,
      })
      return whole
    })
  }

  /** Goes down to a key or item; every call is followed by {@link leave}. */
  enter(step: string | number): void {
    this.#path.push(step)
  }

  leave(): void {
    this.#path.pop()
  }

  /** Path of the current node, with an optional last step: `jobs[17].uses[2].type`. */
  path(last?: string | number): string {
    let text = ''
    for (const step of last === undefined ? this.#path : [...this.#path, last]) {
      if (typeof step === 'number') text += `[${step}]`
      else if (!/^[\w-]+$/.test(step)) text += `[${JSON.stringify(step)}]`
      else text += text === '' ? step : `.${step}`
    }
    return text
  }

  /** Reports a problem of a node at the current path. */
  report(
    code: ProblemCode,
    message: string,
    node: YamlNode,
    facts: Omit<ProblemFacts, 'path' | 'offset'>,
  ): void {
    this.problems.add(code, message, { path: this.path(), offset: node.offset, ...facts })
  }
}
