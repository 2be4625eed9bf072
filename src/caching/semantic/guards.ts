import { OPPOSITES } from './english-words.ts'
import type { Atom, AtomKind, QuestionReading } from './read-question.ts'

/** Why two texts are not held for one question. */
export const GUARDS = [
  'language',
  'quoted',
  'numbers',
  'negation',
  'time',
  'names',
  'opposites',
  'question',
  'words',
  'order',
  'nothing',
] as const

export type GuardName = (typeof GUARDS)[number]

/**
 * What stands against it that two texts ask the same; undefined where nothing does. In doubt something does: numbers, negations, times,
 * names and all words that are in no table of synonyms have to be the same, and in the same order. How near two texts are says
 * nothing of it: those that differ by one number are as near as any. Pure.
 */
export function guardAgainst(one: QuestionReading, other: QuestionReading): GuardName | undefined {
  if (one.normal === other.normal) return sameAsWritten(one, other)
  if (!one.isEnglish || !other.isEnglish) return 'language'
  return sameAsWritten(one, other) ?? differingKind(one, other) ?? differingOrder(one, other)
}

/** What counts as it is written, case included. */
function sameAsWritten(one: QuestionReading, other: QuestionReading): GuardName | undefined {
  if (one.quoted.join('\n') !== other.quoted.join('\n')) return 'quoted'
  return one.twoFaced.join(' ') === other.twoFaced.join(' ') ? undefined : 'names'
}

const BY_KIND: readonly (readonly [AtomKind, GuardName])[] = [
  ['number', 'numbers'],
  ['negation', 'negation'],
  ['time', 'time'],
  ['name', 'names'],
]

function differingKind(one: QuestionReading, other: QuestionReading): GuardName | undefined {
  const left = without(one.atoms, other.atoms)
  const right = without(other.atoms, one.atoms)
  for (const [kind, guard] of BY_KIND) if (has(left, kind) || has(right, kind)) return guard
  if (left.some((atom) => right.some(({ text }) => OPPOSITES.get(atom.text)?.has(text)))) return 'opposites'
  if (one.form !== other.form || has(left, 'asked') || has(right, 'asked')) return 'question'
  return left.length + right.length === 0 ? undefined : 'words'
}

function differingOrder(one: QuestionReading, other: QuestionReading): GuardName | undefined {
  if (one.atoms.some(({ text }, at) => text !== other.atoms[at]?.text)) return 'order'
  return one.hasContent ? undefined : 'nothing'
}

/** Those of a list that are not in another, each as often as it is there more often. */
function without(atoms: readonly Atom[], others: readonly Atom[]): readonly Atom[] {
  const left = new Map<string, number>()
  for (const { text } of others) left.set(text, (left.get(text) ?? 0) + 1)
  return atoms.filter(({ text }) => {
    const count = left.get(text) ?? 0
    left.set(text, count - 1)
    return count <= 0
  })
}

function has(atoms: readonly Atom[], kind: AtomKind): boolean {
  return atoms.some((atom) => atom.kind === kind)
}
