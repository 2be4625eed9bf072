import { parse as parseToml, patch as patchToml } from '@decimalturn/toml-patch'
import { applyEdits, modify, parse as parseJsonc, type ParseError } from 'jsonc-parser'
import { parseDocument } from 'yaml'
import { parseJson, type Json } from '../kit/json.ts'
import type { FormatName } from './client-row.ts'
import type { PlainPath } from './value-paths.ts'

/** How files of a kind are read and changed, what else stands in them kept as it is, comments included. */
export interface Format {
  /** What the text says; undefined when it is not of this format. An empty text says nothing: an empty object. */
  read(text: string): Json | undefined
  set(text: string, path: PlainPath, value: Json): string
  /** The text without what stands at the path. */
  remove(text: string, path: PlainPath): string
}

const isBlank = (text: string): boolean => text.trim() === ''

/** JSON, with comments and trailing commas where a client takes them. */
const json: Format = {
  read(text) {
    if (isBlank(text)) return {}
    const errors: ParseError[] = []
    const value: Json | undefined = parseJsonc(text, errors, { allowTrailingComma: true })
    return errors.length === 0 ? value : undefined
  },
  set: (text, path, value) => editJson(text, path, value),
  remove: (text, path) => editJson(text, path, undefined),
}

function editJson(given: string, path: PlainPath, value: Json | undefined): string {
  const text = isBlank(given) ? '{}\n' : given
  const insertSpaces = !/\n\t/.test(text)
  const formattingOptions = { insertSpaces, tabSize: 2, eol: text.includes('\r\n') ? '\r\n' : '\n' }
  return applyEdits(text, modify(text, [...path], value, { formattingOptions }))
}

/** YAML 1.2. */
const yaml: Format = {
  read(text) {
    const document = parseDocument(text)
    if (document.errors.length > 0) return undefined
    const value: Json = document.toJS({ maxAliasCount: 100 })
    return value ?? {}
  },
  set(text, path, value) {
    const document = parseDocument(text)
    document.setIn(path, document.createNode(value))
    return document.toString({ lineWidth: 0 })
  },
  remove(text, path) {
    const document = parseDocument(text)
    document.deleteIn(path)
    return document.toString({ lineWidth: 0 })
  },
}

/** TOML 1.0. */
const toml: Format = {
  read(text) {
    try {
      return parseJson(JSON.stringify(parseToml(text)))
    } catch {
      return undefined
    }
  },
  set: (text, path, value) => editToml(text, path, value),
  remove: (text, path) => editToml(text, path, undefined),
}

/** The object that was read is changed itself: it may hold dates, which a copy would lose. */
function editToml(text: string, path: PlainPath, value: Json | undefined): string {
  const whole: unknown = parseToml(text)
  let here: unknown = whole
  for (const key of path.slice(0, -1)) {
    if (!isRecord(here)) return text
    here[key] ??= {}
    here = here[key]
  }
  const last = path.at(-1)
  if (last === undefined || !isRecord(here)) return text
  if (value === undefined) Reflect.deleteProperty(here, last)
  else here[last] = value
  return patchToml(text, whole)
}

function isRecord(value: unknown): value is Record<string | number, unknown> {
  return typeof value === 'object' && value !== null
}

const VARIABLE = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=\s*(.*?)\s*$/

/** Lines of NAME=value, as shells and dotenv read them. */
const dotenv: Format = {
  read: (text) =>
    Object.fromEntries(
      text.split('\n').flatMap((line) => {
        const [, name, value = ''] = VARIABLE.exec(line) ?? []
        return name === undefined ? [] : [[name, value.replace(/^(["'])(.*)\1$/, '$2')]]
      }),
    ),
  set(text, path, value) {
    const written = typeof value === 'string' ? value : JSON.stringify(value)
    const line = `${path.join('.')}=${written}`
    const lines = linesOf(text)
    // The last of two counts.
    const index = lines.findLastIndex((one) => VARIABLE.exec(one)?.[1] === path[0])
    return joined(index < 0 ? [...lines, line] : lines.with(index, line))
  },
  remove: (text, path) => joined(linesOf(text).filter((line) => VARIABLE.exec(line)?.[1] !== path[0])),
}

function linesOf(text: string): string[] {
  return isBlank(text) ? [] : text.replace(/\n$/, '').split('\n')
}

function joined(lines: readonly string[]): string {
  return lines.map((line) => `${line}\n`).join('')
}

/** The formats of clients' files, by name. */
export const FORMATS: Readonly<Record<FormatName, Format>> = { json, toml, yaml, dotenv }
