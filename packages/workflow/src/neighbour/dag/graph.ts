import type { Profile } from '../../model/profile.ts'
import type { ProblemCollector } from '../../problem/collector.ts'
import type { LossList } from '../imported.ts'
import { jobIds } from '../safe-names.ts'
import type { DagNode } from './node-job.ts'
import { type DagStatement, readMacros, readStatements } from './statements.ts'
import { readSubmitDescription, type SubmitDescription } from './submit-description.ts'

/** A node of the graph. */
export interface GraphNode extends DagNode {
  readonly kind: 'job' | 'subdag'
}

/** Most nodes of one file with its splices. */
const MAX_NODES = 5_000_000
/** Deepest nesting of splices and included files. */
const MAX_DEPTH = 16

/** Nodes, edges and throttles of a DAGMan file, with splices expanded. */
export class DagGraph {
  readonly nodes: GraphNode[] = []
  /** Ids of the children by id of the parent. */
  readonly edges: Map<string, Set<string>> = new Map()
  readonly properties: Map<string, string> = new Map()
  readonly #problems: ProblemCollector
  readonly #losses: LossList
  readonly #readFile: ((path: string) => string | undefined) | undefined
  readonly #ids = jobIds()
  readonly #byName = new Map<string, GraphNode>()
  readonly #splices = new Map<string, readonly GraphNode[]>()
  readonly #descriptions = new Map<string, SubmitDescription | undefined>()
  #depth = 0

  constructor(
    problems: ProblemCollector,
    losses: LossList,
    readFile: ((path: string) => string | undefined) | undefined,
  ) {
    this.#problems = problems
    this.#losses = losses
    this.#readFile = readFile
  }

  /** Reads a file; names of nodes get `prefix`. */
  read(text: string, prefix = ''): void {
    if (++this.#depth > MAX_DEPTH) {
      this.#problems.add('LIMIT', 'splices are nested too deeply', {
        path: '',
        allowed: `${MAX_DEPTH} levels`,
      })
      this.#depth--
      return
    }
    const statements = readStatements(text, this.#problems)
    // Nodes first: other statements may name nodes that come later.
    for (const statement of statements) this.#declare(statement, prefix)
    for (const statement of statements) this.#apply(statement, prefix)
    this.#depth--
  }

  #declare(statement: DagStatement, prefix: string): void {
    const { keyword, words, inline } = statement
    const [first = '', second = ''] = words
    switch (keyword) {
      case 'JOB':
      case 'NODE':
        this.#addNode(statement, prefix, 'job', inline === undefined ? second : first)
        break
      case 'SUBDAG':
        if (first.toUpperCase() !== 'EXTERNAL') this.#syntax(statement, 'SUBDAG EXTERNAL NAME FILE')
        else this.#addNode({ ...statement, words: words.slice(1) }, prefix, 'subdag', words[2] ?? '')
        break
      case 'SUBMIT-DESCRIPTION':
        this.#descriptions.set(first, inline === undefined ? undefined : readSubmitDescription(inline))
        break
      case 'SPLICE':
        this.#splice(statement, prefix, first, second)
        break
      case 'INCLUDE':
        this.#include(statement, prefix, first)
        break
      default:
    }
  }

  #addNode(statement: DagStatement, prefix: string, kind: 'job' | 'subdag', submitFile: string): void {
    const [own = ''] = statement.words
    const name = `${prefix}${own}`
    if (own === '' || submitFile === '' || this.nodes.length >= MAX_NODES) {
      this.#syntax(statement, `${statement.keyword} NAME FILE, at most ${MAX_NODES} nodes`)
      return
    }
    if (this.#byName.has(name)) {
      this.#problems.add('DUPLICATE', 'the node stands twice', {
        path: '',
        offset: this.#offset(statement),
        found: name,
      })
      return
    }
    const id = this.#ids.get(name)
    if (id !== name) this.#losses.add('characters of a node name that job ids cannot hold', `node ${name}`)
    const { inline } = statement
    const description =
      kind === 'subdag'
        ? undefined
        : inline === undefined
          ? this.#description(submitFile)
          : readSubmitDescription(inline)
    const node: GraphNode = { kind, name, id, submitFile, description, macros: new Map(), profiles: [] }
    this.#nodeOptions(node, statement.words.slice(2))
    this.#byName.set(name, node)
    this.nodes.push(node)
  }

  #nodeOptions(node: GraphNode, words: readonly string[]): void {
    for (let i = 0; i < words.length; i++) {
      const word = words[i]?.toUpperCase()
      if (word === 'DIR') this.#profile(node, 'dir', words[++i] ?? '')
      else if (word === 'NOOP') this.#profile(node, 'noop', 'true')
      else if (word !== undefined) this.#losses.add(`${word} of a node`, `node ${node.name}`)
    }
  }

  #description(path: string): SubmitDescription | undefined {
    if (this.#descriptions.has(path)) return this.#descriptions.get(path)
    const text = this.#readFile?.(path)
    const description = text === undefined ? undefined : readSubmitDescription(text)
    this.#descriptions.set(path, description)
    return description
  }

  #splice(statement: DagStatement, prefix: string, own: string, path: string): void {
    const text = this.#readFile?.(path)
    if (text === undefined || own === '') {
      this.#problems.add('UNKNOWN_REFERENCE', 'the file of a splice is not at hand', {
        path: '',
        offset: this.#offset(statement),
        found: path,
        allowed: 'a file that can be read',
      })
      return
    }
    const before = this.nodes.length
    this.read(text, `${prefix}${own}+`)
    this.#splices.set(`${prefix}${own}`, this.nodes.slice(before))
  }

  #include(statement: DagStatement, prefix: string, path: string): void {
    const text = this.#readFile?.(path)
    if (text !== undefined) this.read(text, prefix)
    else {
      const facts = {
        path: '',
        offset: this.#offset(statement),
        found: path,
        allowed: 'a file that can be read',
      }
      this.#problems.add('UNKNOWN_REFERENCE', 'the included file is not at hand', facts)
    }
  }

  #apply(statement: DagStatement, prefix: string): void {
    const { keyword, words, rest } = statement
    switch (keyword) {
      case 'JOB':
      case 'NODE':
      case 'SUBDAG':
      case 'SPLICE':
      case 'INCLUDE':
      case 'SUBMIT-DESCRIPTION':
        return
      case 'PARENT':
        this.#edges(statement, prefix)
        return
      case 'RETRY':
        this.#forNodes(statement, prefix, (node) => this.#profile(node, 'retry', words[1] ?? '0'))
        if (words.length > 2) this.#losses.add('RETRY … UNLESS-EXIT', `node ${words[0] ?? ''}`)
        return
      case 'PRIORITY':
      case 'CATEGORY':
        this.#forNodes(statement, prefix, (node) =>
          this.#profile(node, keyword.toLowerCase(), words[1] ?? ''),
        )
        return
      case 'ABORT-DAG-ON':
        this.#forNodes(statement, prefix, (node) =>
          this.#profile(node, 'abort-dag-on', words.slice(1).join(' ')),
        )
        return
      case 'MAXJOBS':
        this.properties.set(`dagman.${words[0] ?? ''}.maxjobs`, words[1] ?? '')
        return
      case 'VARS':
        this.#vars(statement, prefix, rest)
        return
      case 'SCRIPT':
        this.#script(statement, prefix)
        return
      default:
        if (LISTED_KEYWORDS.has(keyword)) this.#losses.add(`statement ${keyword}`, rest.slice(0, 60))
        else this.#unknownKeyword(statement)
    }
  }

  #edges(statement: DagStatement, prefix: string): void {
    const cut = statement.words.findIndex((word) => word.toUpperCase() === 'CHILD')
    if (cut < 1 || cut === statement.words.length - 1) {
      this.#syntax(statement, 'PARENT NAMES CHILD NAMES')
      return
    }
    const parents = statement.words
      .slice(0, cut)
      .flatMap((name) => this.#ends(statement, `${prefix}${name}`, 'last'))
    const children = statement.words
      .slice(cut + 1)
      .flatMap((name) => this.#ends(statement, `${prefix}${name}`, 'first'))
    for (const parent of parents) {
      const known = this.edges.get(parent.id) ?? new Set<string>()
      for (const child of children) known.add(child.id)
      this.edges.set(parent.id, known)
    }
  }

  /** The node of a name, or the first or last nodes of a splice. */
  #ends(statement: DagStatement, name: string, end: 'first' | 'last'): readonly GraphNode[] {
    const node = this.#byName.get(name)
    if (node !== undefined) return [node]
    const members = this.#splices.get(name)
    if (members === undefined) {
      const facts = { path: '', offset: this.#offset(statement), found: name }
      this.#problems.addUnknown('UNKNOWN_REFERENCE', 'there is no such node', facts, this.#someNames())
      return []
    }
    const ids = new Set(members.map((member) => member.id))
    const hasParent = new Set<string>()
    for (const id of ids) for (const child of this.edges.get(id) ?? []) hasParent.add(child)
    return members.filter(({ id }) => (end === 'first' ? !hasParent.has(id) : !this.#hasChildIn(id, ids)))
  }

  #hasChildIn(id: string, ids: ReadonlySet<string>): boolean {
    for (const child of this.edges.get(id) ?? []) if (ids.has(child)) return true
    return false
  }

  #someNames(): readonly string[] {
    return [...this.#byName.keys()].slice(0, 1000)
  }

  #forNodes(statement: DagStatement, prefix: string, act: (node: GraphNode) => void): void {
    const [own = ''] = statement.words
    if (own.toUpperCase() === 'ALL_NODES') {
      for (const node of this.nodes) if (node.name.startsWith(prefix)) act(node)
      return
    }
    const node = this.#byName.get(`${prefix}${own}`)
    if (node !== undefined) act(node)
    else {
      const facts = { path: '', offset: this.#offset(statement), found: own }
      this.#problems.addUnknown('UNKNOWN_REFERENCE', 'there is no such node', facts, this.#someNames())
    }
  }

  #vars(statement: DagStatement, prefix: string, rest: string): void {
    const macros = readMacros(rest.slice(statement.words[0]?.length ?? 0))
    this.#forNodes(statement, prefix, (node) => {
      for (const [key, value] of macros) node.macros.set(key, value)
    })
  }

  #script(statement: DagStatement, prefix: string): void {
    const words = [...statement.words]
    while (words[0]?.toUpperCase() === 'DEFER' || words[0]?.toUpperCase() === 'DEBUG') {
      this.#losses.add(`SCRIPT ${words[0]}`, statement.rest.slice(0, 60))
      words.splice(0, 3)
    }
    const [kind = '', , program = '', ...args] = words
    const key = kind.toLowerCase()
    if ((key !== 'pre' && key !== 'post') || program === '') {
      this.#losses.add(`SCRIPT ${kind}`, statement.rest.slice(0, 60))
      return
    }
    this.#forNodes({ ...statement, words: words.slice(1) }, prefix, (node) => {
      this.#profile(node, key, program)
      if (args.length > 0) this.#profile(node, `${key}.arguments`, args.join(' '))
    })
  }

  #profile(node: GraphNode, key: string, value: string): void {
    const profile: Profile = { namespace: 'dagman', key, value }
    const before = node.profiles.findIndex((other) => other.key === key)
    if (before < 0) node.profiles.push(profile)
    else node.profiles[before] = profile
  }

  #syntax(statement: DagStatement, allowed: string): void {
    const found = `${statement.keyword} ${statement.rest}`
    this.#problems.add('SYNTAX', 'the statement is not complete', {
      path: '',
      offset: this.#offset(statement),
      found,
      allowed,
    })
  }

  #unknownKeyword(statement: DagStatement): void {
    const facts = { path: '', offset: this.#offset(statement), found: statement.keyword }
    this.#problems.addUnknown('UNKNOWN_KEY', 'there is no such statement', facts, KEYWORDS)
  }

  /** Places inside splices and included files are not those of the file that is read. */
  #offset(statement: DagStatement): number | undefined {
    return this.#depth === 1 ? statement.offset : undefined
  }
}

const LISTED_KEYWORDS = new Set([
  'CONFIG',
  'CONNECT',
  'DONE',
  'DOT',
  'ENV',
  'FINAL',
  'JOBSTATE_LOG',
  'NODE_STATUS_FILE',
  'PIN_IN',
  'PIN_OUT',
  'PRE_SKIP',
  'PROVISIONER',
  'REJECT',
  'SAVE_POINT_FILE',
  'SERVICE',
  'SET_JOB_ATTR',
])

const KEYWORDS = [
  'JOB',
  'PARENT',
  'SUBDAG',
  'SPLICE',
  'INCLUDE',
  'SUBMIT-DESCRIPTION',
  'RETRY',
  'PRIORITY',
  'CATEGORY',
  'MAXJOBS',
  'VARS',
  'SCRIPT',
  'ABORT-DAG-ON',
  ...LISTED_KEYWORDS,
]
