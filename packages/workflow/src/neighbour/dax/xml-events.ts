import { SaxesParser } from 'saxes'
import type { ProblemCollector } from '../../problem/collector.ts'

/** An element with its place. */
export interface XmlElement {
  readonly name: string
  readonly attributes: ReadonlyMap<string, string>
  /** Offset of the end of its start tag. */
  readonly offset: number
}

/** Takes the elements of a document one by one. */
export interface XmlHandler {
  open(element: XmlElement, parents: readonly XmlElement[]): void
  /** Text between tags, in pieces. */
  text(text: string, parents: readonly XmlElement[]): void
  close(element: XmlElement, parents: readonly XmlElement[]): void
}

/** Longest document, UTF-16 units. */
const MAX_CHARS = 512 * 1024 * 1024
/** Deepest nesting. */
const MAX_DEPTH = 32
/** Longest text or attribute. */
const MAX_TEXT_CHARS = 1024 * 1024
/** Piece of text that is given to the parser at once. */
const CHUNK_CHARS = 256 * 1024

class XmlStop extends Error {
  override readonly name = 'XmlStop'
}

/**
 * Reads an XML document without expanding entities of its own. Names of elements and attributes come without their
 * prefix. Syntax errors and passed bounds go to the collector; false when there was one.
 */
export function readXml(text: string, problems: ProblemCollector, handler: XmlHandler): boolean {
  if (text.length > MAX_CHARS) {
    const found = `${text.length} characters`
    problems.add('TEXT_TOO_LARGE', 'the file is too large', {
      path: '',
      found,
      allowed: `${MAX_CHARS} characters`,
    })
    return false
  }
  const parser = new SaxesParser<{ readonly xmlns: false; readonly position: true }>({
    xmlns: false,
    position: true,
  })
  const parents: XmlElement[] = []
  const stop = (message: string, allowed?: string): never => {
    problems.add('SYNTAX', message, { path: '', offset: parser.position, allowed })
    throw new XmlStop(message)
  }
  parser.on('error', (error) => stop(`not valid XML: ${error.message.replace(/^\S*?\d+:\d+: /, '')}`))
  parser.on('opentag', (tag) => {
    if (parents.length >= MAX_DEPTH) stop('nested too deeply', `${MAX_DEPTH} levels`)
    const attributes = new Map<string, string>()
    for (const [key, value] of Object.entries(tag.attributes)) {
      if (value.length > MAX_TEXT_CHARS) stop('an attribute is too long', `${MAX_TEXT_CHARS} characters`)
      attributes.set(localName(key), value)
    }
    const element = { name: localName(tag.name), attributes, offset: parser.position }
    handler.open(element, parents)
    parents.push(element)
  })
  parser.on('text', (piece) => {
    if (piece.length > MAX_TEXT_CHARS) stop('a text is too long', `${MAX_TEXT_CHARS} characters`)
    handler.text(piece, parents)
  })
  parser.on('cdata', (piece) => handler.text(piece, parents))
  parser.on('closetag', () => {
    const element = parents.pop()
    if (element !== undefined) handler.close(element, parents)
  })
  try {
    for (let at = 0; at < text.length; at += CHUNK_CHARS) parser.write(text.slice(at, at + CHUNK_CHARS))
    parser.close()
  } catch (error) {
    if (!(error instanceof XmlStop)) throw error
    return false
  }
  return true
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1)
}
