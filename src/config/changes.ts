import { defined } from '../kit/defined.ts'
import type { JsonObject } from '../kit/json.ts'
import { LIMITS } from '../kit/limits.ts'
import { at, isAmount, isSame, leavesOf, toMap, type Leaf } from './leaves.ts'
import type { PathStep } from './problems.ts'
import { NAMED_SECTIONS, OTHER_SECTIONS } from './sections.ts'
import { isUnwritten, showSetting, type ConfigSide } from './show-setting.ts'
import { tellPath } from './tell-path.ts'

/** What became of one object, or of one section that has no named ones. */
export interface ConfigChange {
  readonly section: string
  /** Absent: the section as a whole. */
  readonly name?: string
  readonly kind: 'added' | 'changed' | 'removed'
  /** Field by field, in plain words; empty for what is new or gone. */
  readonly fields: readonly string[]
}

/**
 * What is different between two configurations, object by object and field by field. They are compared as they are understood, so that a short
 * form and its long one are the same, and told as they are written, so that people find what they wrote. No secret is in the words.
 */
export function changesBetween(
  before: ConfigSide,
  after: ConfigSide,
  schema: JsonObject,
): readonly ConfigChange[] {
  const sides = { before, after, schema }
  const changes: ConfigChange[] = []
  for (const [section, path] of NAMED_SECTIONS) changes.push(...namedChanges(section, path, sides))
  changes.push(...listedChanges('keys', sides))
  for (const [section, skipped] of OTHER_SECTIONS) {
    const fields = compare([section], [section], { ...sides, skipped })
    if (fields.length > 0) changes.push({ section, kind: 'changed', fields })
  }
  return changes
}

/** A change as one line: `route support: the second target is now …`. */
export function tellChange({ section, name, kind, fields }: ConfigChange): string {
  const what = name === undefined ? section : `${nounOf(section)} ${name}`
  if (kind === 'added') return `${what} is new`
  return kind === 'removed' ? `${what} is gone` : `${what}: ${fields.join('; ')}`
}

/** `routes` → route, `alerts.rules` → alert rule. */
function nounOf(section: string): string {
  return section
    .split('.')
    .map((word) => word.replace(/s$/, ''))
    .join(' ')
}

interface Sides {
  /** Members that are told elsewhere. */
  readonly skipped?: ReadonlySet<string>
  readonly before: ConfigSide
  readonly after: ConfigSide
  readonly schema: JsonObject
}

function namedChanges(section: string, path: readonly string[], sides: Sides): ConfigChange[] {
  const [before, after] = [sides.before, sides.after].map(({ config }) => toMap(at(toMap(config), path)))
  if (before === undefined || after === undefined) return []
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])]
  return names.flatMap((name): ConfigChange[] => {
    if (before[name] === undefined) return [{ section, name, kind: 'added', fields: [] }]
    if (after[name] === undefined) return [{ section, name, kind: 'removed', fields: [] }]
    const fields = fieldChanges([...path, name], sides)
    return fields.length === 0 ? [] : [{ section, name, kind: 'changed', fields }]
  })
}

/** Objects in a list that say their names themselves. Their fields are told as those of a map would be. */
function listedChanges(section: 'keys', sides: Sides): ConfigChange[] {
  const [before, after] = [sides.before, sides.after].map(({ config }) => config[section])
  if (before === undefined || after === undefined) return []
  const names = [...new Set([...before, ...after].map(({ name }) => name))]
  return names.flatMap((name): ConfigChange[] => {
    const [from, to] = [before, after].map((list) => list.findIndex((item) => item.name === name))
    if (from === undefined || from < 0) return [{ section, name, kind: 'added', fields: [] }]
    if (to === undefined || to < 0) return [{ section, name, kind: 'removed', fields: [] }]
    const fields = compare([section, from], [section, to], sides)
    return fields.length === 0 ? [] : [{ section, name, kind: 'changed', fields }]
  })
}

/** Members that are made of others, which are told. */
const MADE: ReadonlySet<string> = new Set(['watches'])

function fieldChanges(path: readonly PathStep[], sides: Sides): string[] {
  return compare(path, path, { ...sides, skipped: MADE })
}

/** Compares the value at one path with that at another, leaf by leaf. */
function compare(from: readonly PathStep[], to: readonly PathStep[], sides: Sides): string[] {
  const old = leavesOf(at(toMap(sides.before.config), from))
  const now = leavesOf(at(toMap(sides.after.config), to))
  const told = [...new Set([...old.keys(), ...now.keys()])].flatMap((key) => {
    const pair = { before: old.get(key), after: now.get(key) }
    return isWorthAWord(pair, { from, to, ...sides }) ? [tellPair(pair, { from, to, ...sides })] : []
  })
  const shown = told.slice(0, LIMITS.configChanges)
  return told.length > shown.length ? [...shown, `and ${told.length - shown.length} more`] : shown
}

/** What stands at one place before and after. */
interface Pair {
  readonly before: Leaf | undefined
  readonly after: Leaf | undefined
}

function isWorthAWord({ before, after }: Pair, compared: Compared): boolean {
  const [member] = (after ?? before)?.path ?? []
  if (compared.skipped?.has(String(member)) === true) return false
  return !isSame(before?.value, after?.value) && !isDefault(before, after, compared)
}

function tellPair({ before, after }: Pair, { from, to, ...sides }: Compared): string {
  const shown = {
    before:
      before && showSetting(before.value, { ...sides, side: sides.before, path: [...from, ...before.path] }),
    after: after && showSetting(after.value, { ...sides, side: sides.after, path: [...to, ...after.path] }),
  }
  const isNumber = isAmount(before?.value) || isAmount(after?.value)
  return tellField(tellPath((after ?? before)?.path ?? []), { ...defined(shown), isNumber })
}

interface Compared extends Sides {
  readonly from: readonly PathStep[]
  readonly to: readonly PathStep[]
}

/** What comes or goes with its item, and nobody wrote, is not worth a word. */
function isDefault(before: Leaf | undefined, after: Leaf | undefined, compared: Compared): boolean {
  if (before === undefined) return after !== undefined && isUnwritten(after, compared.to, compared.after)
  return after === undefined && isUnwritten(before, compared.from, compared.before)
}

interface FieldChange {
  readonly before?: string
  readonly after?: string
  readonly isNumber: boolean
}

function tellField(what: string, { before, after, isNumber }: FieldChange): string {
  if (before !== undefined && after !== undefined) {
    if (before === after) return `${what} is another one`
    return isNumber ? `${what}: ${before} -> ${after}` : `${what} is now ${after} instead of ${before}`
  }
  if (after !== undefined) return `${what} is now ${after}`
  return before === undefined ? what : `${what} is no longer ${before}`
}
