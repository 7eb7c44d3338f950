import type { ComputeJob } from '../../model/job.ts'
import { makeReplicaCatalog, type Replica } from '../../model/replica-catalog.ts'
import { FORMAT_VERSION, type Workflow } from '../../model/workflow.ts'
import type { ProblemCode, ReadResult } from '../../problem/problem.ts'
import { type ReadOptions, readDocument } from '../../read/document.ts'
import type { ReadContext } from '../../schema/context.ts'
import { plainValue } from '../../schema/plain.ts'
import type { YamlNode } from '../../yaml/node.ts'
import { type ImportedWorkflow, LossList } from '../imported.ts'
import { baseName, jobIds, workflowName } from '../safe-names.ts'
import { CwlCatalog, type ProgramOptions } from './catalog.ts'
import { CwlDocuments } from './documents.ts'
import { InputFiles } from './input-object.ts'
import { PROCESS_KEYS, STEP_KEYS } from './keys.ts'
import { placeOf } from './place.ts'
import { evaluate, ReferenceError } from './references.ts'
import { mergeRequirements, type Requirements, runtimeScope } from './requirements.ts'
import { applyValueFrom, gather, linkedValue, scatterItems } from './step-inputs.ts'
import { type ToolResult, toolJob } from './tool-job.ts'
import { readType } from './types.ts'
import {
  asList,
  asMap,
  asText,
  type CwlValue,
  entriesOf,
  filesIn,
  type PlainMap,
  shortId,
  unknownIn,
} from './values.ts'
import { Writers } from './writers.ts'

/** Options of {@link importCwl}. */
export interface CwlOptions extends ReadOptions, ProgramOptions {
  /** Text of the input object (YAML or JSON): values of the inputs of the workflow. */
  readonly inputs?: string
  /** Gives the text of a document that a step names; `undefined` when there is none. */
  readonly readFile?: (path: string) => string | undefined
  /** Absolute folder to which relative paths in the input object belong. */
  readonly directory?: string
  /** Site on which input files are. Default `local`. */
  readonly inputSite?: string
}

/**
 * Reads a CWL v1.2 CommandLineTool or Workflow, with sub-workflows, scatter and parameter references, without
 * JavaScript. Steps become jobs; the values of all inputs must be known, since the workflow is static.
 */
export function importCwl(text: string, options: CwlOptions = {}): ReadResult<ImportedWorkflow> {
  return readDocument(text, options.name ?? 'workflow.cwl', options, (context) => ({
    read: (root) => new CwlImport(root, context, options).run(),
  }))
}

/** Deepest nesting of workflows. */
const MAX_DEPTH = 16

class CwlImport {
  readonly #root: YamlNode
  readonly #context: ReadContext
  readonly #options: CwlOptions
  readonly #losses = new LossList()
  readonly #documents: CwlDocuments
  readonly #files: InputFiles
  readonly #ids = jobIds()
  readonly #jobs: ComputeJob[] = []
  readonly #writers = new Writers()
  readonly #catalog: CwlCatalog

  constructor(root: YamlNode, context: ReadContext, options: CwlOptions) {
    this.#root = root
    this.#context = context
    this.#options = options
    this.#documents = new CwlDocuments(options.readFile)
    this.#files = new InputFiles(options.directory)
    this.#catalog = new CwlCatalog(options, this.#losses)
  }

  run(): ImportedWorkflow | undefined {
    const main = this.#documents.main(asMap(plainValue(this.#root)))
    if (main === undefined) {
      this.#problem(
        'UNKNOWN_VALUE',
        '',
        'this is not a CWL document',
        'a class CommandLineTool or Workflow, or $graph with main',
      )
      return undefined
    }
    const version = asText(main.version)
    if (version !== undefined && !/^v1\.[0-2]/.test(version)) {
      this.#problem('UNKNOWN_VALUE', 'cwlVersion', 'unknown version of CWL', 'v1.0, v1.1, v1.2', version)
    }
    const inputs = this.#inputs(main.process)
    if (this.#context.problems.errorCount > 0) return undefined
    const outputs = this.#call(main.process, inputs, '', new Map(), 0)
    if (outputs === undefined) return undefined
    return this.#finish(outputs)
  }

  /** Values of the inputs of the main process. */
  #inputs(process: PlainMap): ReadonlyMap<string, CwlValue> {
    const given = this.#readInputObject()
    const values = new Map<string, CwlValue>()
    for (const input of entriesOf(process.get('inputs'), 'id', 'type')) {
      const id = shortId(asText(input.get('id')) ?? '')
      const type = readType(input.get('type'))
      const written = given.get(id) ?? input.get('default')
      if (written !== undefined && written !== null) values.set(id, this.#files.value(written))
      else if (type.isOptional) values.set(id, null)
      else if (type.name === 'File' && type.depth === 0) {
        this.#losses.add(
          'input file without value: its id is its name, its location is not known',
          `inputs.${id}`,
        )
        values.set(id, { kind: 'file', lfn: id, secondaryFiles: [] })
      } else
        this.#problem(
          'MISSING_KEY',
          `inputs.${id}`,
          'the input has no value',
          'a value in the input object, or a default',
        )
    }
    for (const key of given.keys()) {
      if (!values.has(key) && !key.startsWith('cwl:'))
        this.#losses.add('value for an input that does not exist', key)
    }
    return values
  }

  #readInputObject(): PlainMap {
    if (this.#options.inputs === undefined) return new Map()
    const result = readDocument(this.#options.inputs, 'inputs.yml', {}, () => ({ read: plainValue }))
    if (result.ok) return asMap(result.value)
    for (const problem of result.problems) {
      this.#problem(problem.code, '', `inputs.yml:${problem.line ?? 1}: ${problem.message}`)
    }
    return new Map()
  }

  /** Calls a tool or workflow; gives the values of its outputs. */
  #call(
    process: PlainMap,
    inputs: ReadonlyMap<string, CwlValue>,
    where: string,
    outer: Requirements,
    depth: number,
  ): ReadonlyMap<string, CwlValue> | undefined {
    const requirements = mergeRequirements(outer, process)
    this.#noteKeys(process, PROCESS_KEYS, where)
    const kind = asText(process.get('class'))
    if (depth > MAX_DEPTH) {
      this.#problem('LIMIT', where, 'workflows are nested too deeply', `${MAX_DEPTH} levels`)
      return undefined
    }
    if (kind === 'CommandLineTool') return this.#callTool(process, inputs, where, requirements)
    if (kind === 'Workflow') return this.#callWorkflow(process, inputs, where, requirements, depth)
    const allowed = 'CommandLineTool, Workflow'
    this.#problem(
      'UNKNOWN_VALUE',
      `${where}.class`,
      'this kind of process cannot be expressed',
      allowed,
      kind ?? 'nothing',
    )
    return undefined
  }

  #callTool(
    tool: PlainMap,
    inputs: ReadonlyMap<string, CwlValue>,
    where: string,
    requirements: Requirements,
  ): ReadonlyMap<string, CwlValue> | undefined {
    const values = this.#withDefaults(tool, inputs, where)
    if (values === undefined) return undefined
    const id = this.#ids.get(
      where === '' ? (asText(tool.get('id')) ?? 'main').replace(/^#/, '') : where.replaceAll('steps.', ''),
    )
    return this.#guard(where, () => {
      const call = { tool, id, where, inputs: values, requirements }
      const result = toolJob(call, (wanted) => this.#writers.nameStream(wanted, id), this.#losses)
      this.#claimOutputs(result, id, where)
      const name = this.#catalog.add(result, requirements, where)
      this.#jobs.push({ ...result.job, name })
      return result.outputs
    })
  }

  /** Inputs of a tool with its defaults; `undefined` after a problem. */
  #withDefaults(
    tool: PlainMap,
    inputs: ReadonlyMap<string, CwlValue>,
    where: string,
  ): ReadonlyMap<string, CwlValue> | undefined {
    const values = new Map<string, CwlValue>()
    let isComplete = true
    for (const input of entriesOf(tool.get('inputs'), 'id', 'type')) {
      const id = shortId(asText(input.get('id')) ?? '')
      const given = inputs.get(id) ?? null
      const fallback = input.get('default')
      const value = given === null && fallback !== undefined ? this.#files.value(fallback) : given
      const type = readType(input.get('type'))
      const unknown = unknownIn(value)
      if (unknown !== undefined) {
        isComplete = false
        this.#problem(
          'BAD_VALUE',
          where,
          `the input ${id} depends on what only the run can show: ${unknown.reason}`,
        )
      } else if (value === null && !type.isOptional && type.name !== 'null' && type.name !== 'Any') {
        isComplete = false
        this.#problem('MISSING_KEY', where, `the input ${id} has no value`)
      }
      values.set(id, value)
    }
    return isComplete ? values : undefined
  }

  /** Every output file has one writer; two tools with fixed names cannot run in one workflow. */
  #claimOutputs(result: ToolResult, id: string, where: string): void {
    for (const { lfn, writer } of this.#writers.claim(result, id)) {
      const allowed = 'names that differ, for example from an input of the step'
      this.#problem('TWO_PRODUCERS', where, `the file ${lfn} is written by ${writer} and ${id}`, allowed)
    }
  }

  #callWorkflow(
    process: PlainMap,
    inputs: ReadonlyMap<string, CwlValue>,
    where: string,
    requirements: Requirements,
    depth: number,
  ): ReadonlyMap<string, CwlValue> | undefined {
    const known = this.#withDefaults(process, inputs, where)
    if (known === undefined) return undefined
    const values = new Map(known)
    let waiting = entriesOf(process.get('steps'), 'id', 'run')
    const failed = new Set<string>()
    while (waiting.length > 0) {
      const ready = waiting.filter((step) =>
        stepSources(step).every((source) => values.has(portOf(source, values)) || failed.has(stepOf(source))),
      )
      if (ready.length === 0) {
        const names = waiting.map((step) => shortId(asText(step.get('id')) ?? '')).join(', ')
        this.#problem(
          'CYCLE',
          `${where}${where === '' ? '' : '.'}steps`,
          `steps wait for each other or for sources that do not exist: ${names}`,
        )
        return undefined
      }
      for (const step of ready) {
        const id = shortId(asText(step.get('id')) ?? '')
        const place = `${where}${where === '' ? '' : '.'}steps.${id}`
        const outputs = stepSources(step).some((source) => failed.has(stepOf(source)))
          ? undefined
          : this.#callStep(process, step, values, place, requirements, depth)
        if (outputs === undefined) failed.add(id)
        for (const [port, value] of outputs ?? []) values.set(`${id}/${port}`, value)
      }
      waiting = waiting.filter((step) => !ready.includes(step))
    }
    if (failed.size > 0) return undefined
    return this.#guard(where, () => {
      const outputs = new Map<string, CwlValue>()
      for (const output of entriesOf(process.get('outputs'), 'id', 'type')) {
        const id = shortId(asText(output.get('id')) ?? '')
        outputs.set(
          id,
          linkedValue(output, 'outputSource', (source) => values.get(portOf(source, values)) ?? null),
        )
      }
      return outputs
    })
  }

  #callStep(
    parent: PlainMap,
    step: PlainMap,
    values: ReadonlyMap<string, CwlValue>,
    where: string,
    outer: Requirements,
    depth: number,
  ): ReadonlyMap<string, CwlValue> | undefined {
    return this.#guard(where, () => {
      const process = this.#documents.process(step.get('run'), parent)
      if (process === undefined) {
        const found = asText(step.get('run')) ?? 'nothing'
        const message = 'the process of the step is not at hand'
        this.#problem('UNKNOWN_REFERENCE', `${where}.run`, message, 'a document that can be read', found)
        return undefined
      }
      const requirements = mergeRequirements(outer, step)
      this.#noteKeys(step, STEP_KEYS, where)
      const entries = entriesOf(step.get('in'), 'id', 'source').map((entry) => ({
        id: shortId(asText(entry.get('id')) ?? ''),
        entry,
      }))
      const linked = new Map<string, CwlValue>()
      for (const { id, entry } of entries) {
        const value = linkedValue(entry, 'source', (source) => values.get(portOf(source, values)) ?? null)
        const fallback = entry.get('default')
        linked.set(id, value === null && fallback !== undefined ? this.#files.value(fallback) : value)
        if (entry.get('loadContents') === true) this.#losses.add('loadContents', where)
      }
      const ports = asList(step.get('out')).map((port) =>
        shortId(asText(port) ?? asText(asMap(port).get('id')) ?? ''),
      )
      const runtime = runtimeScope(requirements)
      const callOnce = (
        given: ReadonlyMap<string, CwlValue>,
        place: string,
      ): ReadonlyMap<string, CwlValue> | undefined => {
        const inputs = applyValueFrom(entries, given, runtime)
        const when = asText(step.get('when'))
        if (when !== undefined && evaluate(when, { inputs, self: null, runtime }) !== true)
          return new Map(ports.map((port) => [port, null]))
        return this.#call(process, inputs, place, requirements, depth + 1)
      }
      const names = asList(step.get('scatter')).map((name) => shortId(asText(name) ?? ''))
      if (names.length === 0) return callOnce(linked, where)
      const { items, shape } = scatterItems(names, asText(step.get('scatterMethod')) ?? 'dotproduct', linked)
      const results = items.map((item) =>
        callOnce(new Map([...linked, ...item.values]), `${where}_${item.place.join('_')}`),
      )
      if (results.includes(undefined)) return undefined
      return new Map(
        ports.map((port) => [
          port,
          gather(
            results.map((result) => result?.get(port) ?? null),
            shape,
          ),
        ]),
      )
    })
  }

  #finish(outputs: ReadonlyMap<string, CwlValue>): ImportedWorkflow {
    const wanted = new Set([...outputs.values()].flatMap(filesIn).map((file) => file.lfn))
    const jobs = this.#jobs.map((job) => ({
      ...job,
      uses: job.uses.map((use) =>
        use.stageOut === false && wanted.has(use.lfn) ? { ...use, stageOut: true } : use,
      ),
    }))
    const workflow: Workflow = {
      pegasus: FORMAT_VERSION,
      name: workflowName(baseName(this.#options.name ?? 'workflow.cwl').replace(/\.(?:cwl|ya?ml|json)$/, '')),
      jobs,
      dependencies: [],
      profiles: [],
      hooks: [],
      metadata: [],
      extensions: [],
    }
    const replicas = this.#files.located.map(
      ({ lfn, location, sizeBytes }): Replica => ({
        lfn,
        isRegex: false,
        locations: [{ site: this.#options.inputSite ?? 'local', pfn: location ?? lfn }],
        metadata: sizeBytes === undefined ? [] : [{ key: 'size', value: String(sizeBytes) }],
      }),
    )
    const transformationCatalog = this.#catalog.finish()
    return {
      workflow,
      ...(replicas.length === 0 ? {} : { replicaCatalog: makeReplicaCatalog(replicas) }),
      ...(transformationCatalog === undefined ? {} : { transformationCatalog }),
      losses: this.#losses.list,
    }
  }

  /** Runs `act`; what references cannot express becomes a problem. */
  #guard<T>(where: string, act: () => T | undefined): T | undefined {
    try {
      return act()
    } catch (error) {
      if (!(error instanceof ReferenceError)) throw error
      this.#problem(
        'BAD_VALUE',
        where,
        error.message,
        'values that are known before the run, without JavaScript',
      )
      return undefined
    }
  }

  #noteKeys(map: PlainMap, known: ReadonlySet<string>, where: string): void {
    for (const key of map.keys())
      if (!known.has(key)) this.#losses.add(`key ${key}`, where === '' ? 'the document' : where)
  }

  #problem(code: ProblemCode, where: string, message: string, allowed?: string, found?: string): void {
    this.#context.problems.add(code, message, {
      path: where,
      offset: placeOf(this.#root, where),
      allowed,
      found,
    })
  }
}

/** Sources of all inputs of a step. */
function stepSources(step: PlainMap): readonly string[] {
  return entriesOf(step.get('in'), 'id', 'source').flatMap((entry) =>
    asList(entry.get('source')).map((source) => asText(source) ?? ''),
  )
}

/** A source as a key of the values: `step/port` or the id of an input. */
function portOf(source: string, values: ReadonlyMap<string, CwlValue>): string {
  const parts = source.slice(source.indexOf('#') + 1).split('/')
  const port = parts.slice(-2).join('/')
  return parts.length > 1 && !values.has(port) && values.has(parts.at(-1) ?? '') ? (parts.at(-1) ?? '') : port
}

function stepOf(source: string): string {
  return (
    source
      .slice(source.indexOf('#') + 1)
      .split('/')
      .at(-2) ?? ''
  )
}
