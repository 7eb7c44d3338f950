import type { ProblemCollector } from '../problem/collector.ts'
import { parseWithLibrary } from './library-parser.ts'
import { DEFAULT_YAML_LIMITS, type YamlLimits, type YamlNode } from './node.ts'

/** Reads one YAML or JSON document; problems go to the collector. */
export function parseYaml(
  text: string,
  problems: ProblemCollector,
  limits: YamlLimits = DEFAULT_YAML_LIMITS,
): YamlNode | undefined {
  if (text.length > limits.maxChars) {
    problems.add('TEXT_TOO_LARGE', 'the file is too large', {
      path: '',
      found: `${text.length} characters`,
      allowed: `${limits.maxChars} characters`,
    })
    return undefined
  }
  return parseWithLibrary(text, problems, limits)
}
