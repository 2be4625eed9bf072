import {
  isObject,
  readArray,
  readObject,
  readObjects,
  readString,
  type Json,
  type JsonObject,
} from '../src/kit/json.ts'
import { configJsonSchema } from '../src/config/schema-names.ts'

/**
 * The reference of the configuration file as Markdown, made from the schema: every key with its type, default and
 * meaning: `docs/config.md`.
 */
export function configReference(): string {
  const schema = configJsonSchema()
  const sections = Object.entries(readObject(schema, 'properties') ?? {}).flatMap(([name, node]) =>
    isObject(node) ? [`## ${name}`, '', ...sectionLines(name, node), ''] : [],
  )
  return `${[...INTRODUCTION, '', ...sections].join('\n').trimEnd()}\n`
}

const INTRODUCTION = [
  '# Configuration',
  '',
  'One file, `gatehouse.yaml`, and nothing in it is required: without a file Gatehouse uses what it finds in the environment.',
  'Unknown keys are errors. `gatehouse check` says what is wrong, with line and column; a running gateway takes a changed file over',
  'when it is right and keeps the one before when it is not. `kill -HUP` makes it look at once, and read the files of secrets again.',
  '',
  'This page is made from the schema, which editors can use too: put',
  '`# yaml-language-server: $schema=./schema/gatehouse.v1.json` on the first line.',
  '',
  '- Secrets are references: `env:NAME` or `file:/path`. A secret in plain text is a warning, with `--strict` an error.',
  '- `${NAME}` and `${NAME:-default}` fill in ordinary text; `$${` is a plain `${`.',
  '- Durations are written `500ms`, `30s`, `2m`, `1h`, `7d`; counts `600`, `10k`, `2M`; money in US dollars.',
  '- A list of models is an ordered fallback: the second answers when the first fails.',
  '- `*` at the end of the name of a route matches any rest; a `*` in its targets takes that rest over.',
]

function sectionLines(name: string, node: JsonObject): string[] {
  const { path, value } = innermost(name, node)
  const description = readString(node, 'description')
  const rows = keyRows(path, value)
  return [
    ...(description === undefined ? [] : [description, '']),
    ...(rows.length === 0
      ? [`Type: ${typeText(node)}.${defaultText(node, ' Default: ', '.')}`]
      : ['| key | type | default | meaning |', '| --- | --- | --- | --- |', ...rows]),
  ]
}

/** Maps of named entries and lists are described by their entries. */
function innermost(path: string, node: JsonObject): { path: string; value: JsonObject } {
  const others = node['additionalProperties']
  if (isObject(others)) return innermost(`${path}.<name>`, others)
  const items = node['items']
  if (isObject(items) && objectBranch(items) !== undefined) return innermost(`${path}[]`, items)
  return { path, value: node }
}

function keyRows(path: string, node: JsonObject): string[] {
  const branch = objectBranch(node)
  const required = new Set(readArray(branch ?? {}, 'required'))
  return Object.entries(readObject(branch ?? {}, 'properties') ?? {}).flatMap(([key, child]) => {
    if (!isObject(child)) return []
    const full = `${path}.${key}`
    const standard = required.has(key) && child['default'] === undefined ? 'required' : defaultText(child)
    const meaning = readString(child, 'description') ?? ''
    const row = `| \`${full}\` | ${typeText(child)} | ${standard} | ${meaning.replaceAll('|', '\\|')} |`
    const inner = innermost(full, child)
    return [row, ...keyRows(inner.path, inner.value)]
  })
}

/** The long form among the forms that a value may take. */
function objectBranch(node: JsonObject): JsonObject | undefined {
  if (readObject(node, 'properties') !== undefined) return node
  return readObjects(node, 'anyOf')
    .map(objectBranch)
    .find((branch) => branch !== undefined)
}

function typeText(node: JsonObject): string {
  const forms = readObjects(node, 'anyOf')
  if (forms.length > 0) return [...new Set(forms.map(typeText))].join(' or ')
  const values = readArray(node, 'enum')
  if (values.length > 0) return values.map((value) => `\`${plain(value)}\``).join(', ')
  if (node['const'] !== undefined) return `\`${plain(node['const'])}\``
  const type = readString(node, 'type')
  if (type === 'array') {
    const items = readObject(node, 'items')
    return items === undefined ? 'list' : `list of ${typeText(items)}`
  }
  return TYPE_WORDS[type ?? ''] ?? 'any'
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  object: 'map',
  string: 'text',
  integer: 'whole number',
  number: 'number',
  boolean: 'true or false',
  null: 'nothing',
}

function defaultText(node: JsonObject, before = '', after = ''): string {
  const standard = node['default']
  if (standard === undefined || (isObject(standard) && Object.keys(standard).length === 0)) return ''
  return `${before}\`${plain(standard)}\`${after}`
}

function plain(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}
