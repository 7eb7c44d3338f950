// Modules of Node itself are loaded when they are first used: a mosaic of files needs neither HTTP nor child processes, whose loading costs
// more than that of the program.
import { parseAst } from 'rolldown/parseAst'

const DECLARATION = /^(?:node:)?[a-z_]+(?:\/[a-z_]+)*$/

/**
 * The source of a CommonJS program with `let name = require('node:...')` made a function that loads at its first call, where the name is
 * only read and stands for nothing else in its scope.
 */
export function lateBuiltins(source) {
  const edits = []
  look(parseAst(source), undefined, (node, scope) => {
    if (node.type !== 'VariableDeclaration') return
    const [{ id, init }] = node.declarations
    if (node.declarations.length > 1 || id.type !== 'Identifier' || !isBuiltin(init)) return
    const uses = usesOf(id.name, scope, id)
    if (uses === undefined) return
    edits.push([node.start, node.end, lateDeclaration(id.name, init.arguments[0].value)])
    for (const use of uses) edits.push([use.start, use.end, `${id.name}()`])
  })
  let text = ''
  let end = 0
  for (const [from, to, replacement] of edits.sort(([one], [other]) => one - other)) {
    text += source.slice(end, from) + replacement
    end = to
  }
  return text + source.slice(end)
}

const lateDeclaration = (name, module) =>
  `let ${name}$late;const ${name}=()=>${name}$late??=require(${JSON.stringify(module)});`

function isBuiltin(node) {
  return (
    node?.type === 'CallExpression' &&
    node.callee.type === 'Identifier' &&
    node.callee.name === 'require' &&
    typeof node.arguments[0]?.value === 'string' &&
    DECLARATION.test(node.arguments[0].value)
  )
}

/** Where a name of a scope is read; undefined where it is used in a way that a call cannot replace, or declared again. */
function usesOf(name, scope, declared) {
  const uses = []
  let isOnlyRead = true
  look(scope, undefined, (node, _, parent) => {
    if (node.type !== 'Identifier' || node.name !== name || node === declared) return
    const isName = (key) => parent[key] === node && parent.computed !== true
    if (parent.type === 'MemberExpression' && isName('property')) return
    if (
      ['Property', 'MethodDefinition', 'PropertyDefinition'].includes(parent.type) &&
      isName('key') &&
      !parent.shorthand
    )
      return
    const isRead = ['MemberExpression', 'CallExpression', 'NewExpression'].includes(parent.type)
    if (!isRead) isOnlyRead = false
    uses.push(node)
  })
  return isOnlyRead ? uses : undefined
}

/** Visits all nodes with the function or program around them and their parent. */
function look(node, scope, visit, parent) {
  if (node === null || typeof node !== 'object') return
  if (Array.isArray(node)) {
    for (const child of node) look(child, scope, visit, parent)
    return
  }
  if (typeof node.type !== 'string') return
  visit(node, scope ?? node, parent)
  const inner = /Function|Program/.test(node.type) ? node : scope
  for (const key of Object.keys(node)) look(node[key], inner, visit, node)
}
