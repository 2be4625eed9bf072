import { isArray, type Json, type JsonObject } from '../kit/json.ts'
import { showUsd } from '../kit/money.ts'
import { HIDDEN, isSecretAt } from './hide-secrets.ts'
import { isList, isSpend, spell, type Leaf, type Value } from './leaves.ts'
import { formatValue, type PathStep } from './problems.ts'
import type { Config } from './schema.ts'
import { valueAt } from './schema-names.ts'
import { isReference } from './secrets.ts'

/** A configuration, checked and as it was written. */
export interface ConfigSide {
  readonly config: Config
  readonly written: Json
}

/** A place in a configuration, as it was checked and as it was written. */
export interface Place {
  readonly side: ConfigSide
  readonly path: readonly PathStep[]
  /** The JSON Schema of the file. */
  readonly schema: JsonObject
}

/** A value as people wrote it, in one line; what they did not write is a default, and secrets are hidden. */
export function showSetting(value: Value, { side, path, schema }: Place): string {
  const asWritten = writtenAt(side.written, path, value)
  if (isSecretAt(schema, path))
    return typeof asWritten === 'string' && isReference(asWritten) ? asWritten : HIDDEN
  // What is filled in from the environment is nobody's business.
  if (typeof asWritten === 'string' && asWritten.includes('${')) return short(asWritten)
  if (isSpend(value)) return `${showUsd(value.usd)} ${value.per === 'total' ? 'in total' : `a ${value.per}`}`
  if (typeof value === 'bigint') return showUsd(value)
  if (typeof value === 'number') return showNumber(asWritten)
  return short(typeof value === 'string' ? value : (listed(value) ?? spell(value)))
}

/** Numbers have units that people write and compiled settings have not. */
function showNumber(asWritten: Json | undefined): string {
  if (asWritten === undefined) return 'the default'
  return typeof asWritten === 'string' ? short(asWritten) : formatValue(asWritten)
}

function listed(value: Value): string | undefined {
  if (!isList(value) || value.length === 0) return undefined
  let text = ''
  for (const item of value) {
    if (typeof item !== 'string') return undefined
    text += text === '' ? item : `, ${item}`
  }
  return text
}

const LONGEST = 80

function short(text: string): string {
  const inOneLine = text.replaceAll(/\p{Cc}+/gu, ' ')
  return inOneLine.length > LONGEST ? `${inOneLine.slice(0, LONGEST - 1)}…` : inOneLine
}

/** True for a default: nobody wrote it. */
export function isUnwritten(
  { value, path }: Leaf,
  base: readonly PathStep[],
  { written }: ConfigSide,
): boolean {
  return !isSpend(value) && writtenAt(written, [...base, ...path], value) === undefined
}

/** What stands at a path, or the short form that stands for it; undefined where the value is a default. */
function writtenAt(written: Json, path: readonly PathStep[], value: Value): Json | undefined {
  let part: Json | undefined = written
  for (const [index, step] of path.entries()) {
    const inside = valueAt(part ?? null, [step])
    if (inside === undefined && isArray(part) && typeof path[index + 1] === 'number') continue
    if (inside === undefined) return isShortFor(part, value) ? part : undefined
    part = inside
  }
  return part
}

function isShortFor(part: Json | undefined, value: Value): boolean {
  if (typeof part === 'number' || typeof part === 'boolean') return true
  return typeof part === 'string' && (typeof value === 'number' ? /^[\d.]/.test(part) : part === value)
}
