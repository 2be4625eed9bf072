import { LineCounter, isAlias, isMap, isPair, isScalar, isSeq, parseDocument } from 'yaml'
import type { Document, Node } from 'yaml'
import { isArray, isObject, type Json } from '../kit/json.ts'
import { LIMITS } from '../kit/limits.ts'
import { formatPath, type ConfigProblem, type PathStep } from './problems.ts'

/** A place in the file, 1-based. */
export interface Location {
  readonly line: number
  readonly column: number
}

/** A parsed file: its value, and where each part of it stands. */
export interface ConfigDocument {
  readonly value: Json
  /** The place of the key or item at `path`, or of the nearest part above it that is in the file. */
  locationOf(path: readonly PathStep[]): Location | undefined
}

export type ParsedDocument =
  | { readonly document: ConfigDocument; readonly problems: readonly ConfigProblem[] }
  | { readonly document?: undefined; readonly problems: readonly ConfigProblem[] }

/** Names that YAML 1.1 tools (Helm, PyYAML) silently turn into booleans: https://yaml.org/type/bool.html */
const BOOLEAN_WORDS = new Set(['on', 'off', 'yes', 'no', 'y', 'n'])

/**
 * Parses YAML 1.2 (and with it JSON). Only the first syntax error is reported, because one stray bracket makes the
 * parser stumble over everything behind it.
 */
export function parseConfigDocument(text: string): ParsedDocument {
  if (text.length > LIMITS.configBytes) {
    return failed({ message: `the file is longer than ${LIMITS.configBytes} bytes` })
  }
  const counter = new LineCounter()
  const parsed = parseDocument(text, { lineCounter: counter, prettyErrors: false, version: '1.2' })
  const [error] = parsed.errors
  if (error !== undefined) return failed(syntaxProblem(error, { text, counter }))
  const [warning] = parsed.warnings
  if (warning !== undefined) {
    return failed({ message: `not plain YAML: ${warning.message}`, ...locationAt(counter, warning.pos[0]) })
  }
  const value = toJson(parsed)
  if (value instanceof Error) return failed({ message: aliasText(value) })
  if (!isObject(value)) {
    return failed({
      message: 'expected a map with sections such as providers and routes',
      hint: 'A minimal file is: providers: { openai: env:OPENAI_API_KEY }',
    })
  }
  const document: ConfigDocument = {
    value,
    locationOf: (path) => {
      const offset = offsetOf(parsed, path)
      return offset === undefined ? undefined : locationAt(counter, offset)
    },
  }
  return { document, problems: nameProblems(value, document) }
}

function failed(problem: Omit<ConfigProblem, 'severity' | 'path'>): ParsedDocument {
  return { problems: [{ severity: 'error', path: '', ...problem }] }
}

interface SyntaxError {
  readonly code: string
  readonly pos: [number, number]
  readonly message: string
}

function syntaxProblem(
  error: SyntaxError,
  file: { readonly text: string; readonly counter: LineCounter },
): Omit<ConfigProblem, 'severity' | 'path'> {
  const [offset] = error.pos
  const at = locationAt(file.counter, offset)
  const line = file.text.split('\n')[at.line - 1] ?? ''
  const reference = /\$\{[^}]*\}?/.exec(line)?.[0]
  if (error.code === 'DUPLICATE_KEY') {
    // The offset of a key without a value is behind it.
    const name = /^[^\s:]+/.exec(file.text.slice(offset))?.[0] ?? /([^\s:{,]+)\s*:\s*$/.exec(line)?.[1] ?? ''
    return { message: `the key ${name} stands here twice`, hint: 'Keep one of the two.', ...at }
  }
  if (reference !== undefined && line.includes('{', line.indexOf(reference) === 0 ? 1 : 0)) {
    return {
      message: `${reference} inside { } must be quoted`,
      hint: `Write "${reference}" in quotes, or env:NAME for a secret.`,
      ...at,
    }
  }
  if (error.code === 'MULTIPLE_DOCS') {
    return {
      message: 'a second document begins here',
      hint: 'The file holds one; remove the line ---.',
      ...at,
    }
  }
  if (error.code === 'TAB_AS_INDENT') {
    return { message: 'a tab is used for indentation', hint: 'Indent with spaces.', ...at }
  }
  return { message: `not valid YAML: ${lowerFirst(error.message)}`, ...at }
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1)
}

function locationAt(counter: LineCounter, offset: number): Location {
  const { line, col } = counter.linePos(offset)
  return { line, column: col }
}

function aliasText({ message }: Error): string {
  if (message.startsWith('Unresolved alias')) return `not valid YAML: ${lowerFirst(message)}`
  return 'the file repeats its anchors too often'
}

/** The value as JSON, or what is wrong with its aliases: there is no such anchor, or they would make it explode. */
function toJson(parsed: Document.Parsed): Json | Error {
  try {
    const value: unknown = parsed.toJS({ maxAliasCount: LIMITS.configAliases })
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- without custom tags the YAML core schema yields exactly Json
    return (value ?? {}) as Json
  } catch (thrown) {
    return thrown instanceof Error ? thrown : new Error(String(thrown))
  }
}

/** Walks down the syntax tree as far as the path goes; gives the offset of the last key or item that exists. */
function offsetOf(parsed: Document.Parsed, path: readonly PathStep[]): number | undefined {
  let node: Node | null | undefined = parsed.contents
  let offset = node?.range?.[0]
  for (const step of path) {
    if (isAlias(node)) node = node.resolve(parsed)
    // A list in short form stands for `targets` of the long form: the step has no place of its own.
    if (isSeq(node) && typeof step === 'string') continue
    const found: { node: Node | null | undefined; offset: number | undefined } | undefined = stepInto(
      node,
      step,
    )
    if (found === undefined) break
    node = found.node
    offset = found.offset ?? offset
  }
  return offset
}

function stepInto(
  node: Node | null | undefined,
  step: PathStep,
): { node: Node | null | undefined; offset: number | undefined } | undefined {
  if (isMap<Node, Node | null>(node)) {
    const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(step))
    return pair === undefined || !isPair(pair) ? undefined : { node: pair.value, offset: pair.key.range?.[0] }
  }
  if (isSeq<Node>(node) && typeof step === 'number') {
    const item = node.items[step]
    return item === undefined ? undefined : { node: item, offset: item.range?.[0] }
  }
  return undefined
}

function nameTrouble(name: string): string | undefined {
  if (BOOLEAN_WORDS.has(name.toLowerCase()))
    return `the name ${name} reads as true or false in YAML 1.1 tools`
  return name === '__proto__' ? `the name ${name} cannot be used` : undefined
}

function nameProblems(value: Json, document: ConfigDocument): ConfigProblem[] {
  const problems: ConfigProblem[] = []
  const visit = (part: Json | undefined, path: readonly PathStep[]): void => {
    if (isArray(part)) part.forEach((item, index) => visit(item, [...path, index]))
    if (!isObject(part)) return
    for (const [name, item] of Object.entries(part)) {
      const message = nameTrouble(name)
      if (message !== undefined) {
        problems.push({
          severity: 'error',
          path: formatPath([...path, name]),
          message,
          hint: 'Choose another name.',
          ...document.locationOf([...path, name]),
        })
      }
      visit(item, [...path, name])
    }
  }
  visit(value, [])
  return problems
}
