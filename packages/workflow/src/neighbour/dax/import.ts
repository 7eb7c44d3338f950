import type { Dependency } from '../../model/workflow.ts'
import { FORMAT_VERSION, type Workflow } from '../../model/workflow.ts'
import { lineTable, ProblemCollector } from '../../problem/collector.ts'
import type { ReadResult } from '../../problem/problem.ts'
import type { ReadOptions } from '../../read/document.ts'
import { type ImportedWorkflow, LossList } from '../imported.ts'
import { workflowName } from '../safe-names.ts'
import { DaxCatalogs } from './catalogs.ts'
import { DaxCommon } from './common.ts'
import { DaxJobs } from './jobs.ts'
import { readXml, type XmlElement, type XmlHandler } from './xml-events.ts'

/**
 * Reads a DAX file, the XML form of abstract workflows in Pegasus 4 (schema versions 2 and 3). Files and executables
 * in it become the inline catalogs of the workflow.
 */
export function importDax(text: string, options: ReadOptions = {}): ReadResult<ImportedWorkflow> {
  const problems = new ProblemCollector(options.name ?? 'workflow.dax', lineTable(text))
  const reader = new DaxReader(problems)
  if (!readXml(text, problems, reader)) return problems.refused()
  const imported = reader.finish()
  return imported === undefined ? problems.refused() : problems.result(imported)
}

/** Elements whose meaning is their place in another one. */
const JOB_ELEMENTS = new Set(['job', 'dax', 'dag'])

class DaxReader implements XmlHandler {
  readonly #problems: ProblemCollector
  readonly #losses = new LossList()
  readonly #jobs: DaxJobs
  readonly #catalogs: DaxCatalogs
  readonly #common = new DaxCommon('the workflow')
  readonly #children = new Map<string, Set<string>>()
  #root: XmlElement | undefined
  #text = ''

  constructor(problems: ProblemCollector) {
    this.#problems = problems
    this.#jobs = new DaxJobs(problems, this.#losses)
    this.#catalogs = new DaxCatalogs(problems, this.#losses)
  }

  open(element: XmlElement, parents: readonly XmlElement[]): void {
    const parent = parents.at(-1)
    if (element.name !== 'file' || parent?.name !== 'argument') this.#text = ''
    if (parent === undefined) this.#openRoot(element)
    else if (element.name === 'file' && parent.name === 'argument') this.#text += this.#fileName(element)
    else if (JOB_ELEMENTS.has(element.name) && parents.length === 1) this.#jobs.open(element)
    else if (isCatalogElement(element, parents)) this.#catalogs.open(element)
    else if (element.name === 'parent') this.#parent(element, parent)
  }

  text(text: string): void {
    if (this.#text.length < 1024 * 1024) this.#text += text
  }

  close(element: XmlElement, parents: readonly XmlElement[]): void {
    const owner = parents[1]
    if (parents.length === 0) return
    if (parents.length === 1) this.#closeTop(element)
    else if (owner !== undefined && JOB_ELEMENTS.has(owner.name)) this.#closeInJob(element, parents)
    else if (owner !== undefined && isCatalogElement(owner, parents.slice(0, 1))) {
      this.#catalogs.inner(element, this.#text.trim())
    } else if (element.name !== 'parent') this.#unknown(element)
  }

  #closeTop(element: XmlElement): void {
    if (JOB_ELEMENTS.has(element.name)) this.#jobs.close()
    else if (element.name === 'file' || element.name === 'executable' || element.name === 'transformation') {
      this.#catalogs.close()
    } else if (element.name === 'child') {
      if (element.attributes.get('ref') === undefined) this.#missing(element, 'ref')
    } else if (!this.#common.take(element, this.#text.trim(), this.#problems)) this.#unknown(element)
  }

  #closeInJob(element: XmlElement, parents: readonly XmlElement[]): void {
    if (element.name === 'file' && parents.at(-1)?.name === 'argument') return
    if (parents.length === 2)
      this.#jobs.inner(element, element.name === 'argument' ? this.#text : this.#text.trim())
    else if (parents[2]?.name === 'uses' || parents[2]?.name === 'metadata')
      this.#jobs.inUse(element, this.#text.trim())
    else this.#unknown(element)
  }

  finish(): ImportedWorkflow | undefined {
    if (this.#root === undefined) return undefined
    const jobs = this.#jobs.jobs
    if (jobs.length === 0) {
      this.#problems.add('TOO_FEW', 'the workflow has no jobs', {
        path: 'adag',
        offset: this.#root.offset,
        allowed: 'at least one job',
      })
    }
    const ids = new Set(jobs.map((job) => job.id))
    const dependencies: Dependency[] = [...this.#children].map(([id, children]) => ({
      id,
      children: [...children],
    }))
    for (const { id, children } of dependencies) {
      for (const ref of [id, ...children]) if (!ids.has(ref)) this.#unknownJob(ref)
    }
    const catalogs = this.#catalogs.finish()
    const workflow: Workflow = {
      pegasus: FORMAT_VERSION,
      name: workflowName(this.#root.attributes.get('name') ?? 'workflow'),
      jobs,
      dependencies,
      profiles: this.#common.profiles,
      hooks: this.#common.hooks,
      metadata: this.#common.metadata,
      ...catalogs,
      extensions: [],
    }
    return { workflow, losses: this.#losses.list }
  }

  #openRoot(element: XmlElement): void {
    if (element.name !== 'adag') {
      this.#problems.add('UNKNOWN_VALUE', 'this is not a DAX file', {
        path: '',
        offset: element.offset,
        found: element.name,
        allowed: 'adag',
      })
      return
    }
    this.#root = element
    if (element.attributes.get('name') === undefined) this.#missing(element, 'name')
  }

  #parent(element: XmlElement, child: XmlElement): void {
    const parent = element.attributes.get('ref')
    const id = child.attributes.get('ref')
    if (parent === undefined) this.#missing(element, 'ref')
    if (parent === undefined || id === undefined) return
    if (element.attributes.has('edge-label')) this.#losses.add('label of an edge', `${parent} -> ${id}`)
    const children = this.#children.get(parent) ?? new Set<string>()
    children.add(id)
    this.#children.set(parent, children)
  }

  #fileName(element: XmlElement): string {
    const name = element.attributes.get('name') ?? element.attributes.get('file')
    if (name === undefined) this.#missing(element, 'name')
    return name ?? ''
  }

  #missing(element: XmlElement, attribute: string): void {
    this.#problems.add('MISSING_KEY', `the element ${element.name} needs the attribute ${attribute}`, {
      path: element.name,
      offset: element.offset,
      found: 'nothing',
    })
  }

  #unknown(element: XmlElement): void {
    this.#losses.add(`element ${element.name}`, `offset ${element.offset}`)
  }

  #unknownJob(ref: string): void {
    this.#problems.add('UNKNOWN_REFERENCE', 'a dependency names a job that does not exist', {
      path: 'child',
      found: ref,
    })
  }
}

function isCatalogElement(element: XmlElement, parents: readonly XmlElement[]): boolean {
  return parents.length === 1 && ['file', 'executable', 'transformation'].includes(element.name)
}
