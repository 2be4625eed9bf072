import type { Random } from '../kit/random.ts'
import { countTokens, firstTokens } from './pieces.ts'

const SUBJECTS = [
  'The first step',
  'A careful reading',
  'The shorter path',
  'Every measurement',
  'The evidence so far',
  'A small test',
]
const VERBS = ['shows', 'suggests', 'depends on', 'rules out', 'explains', 'confirms']
const OBJECTS = [
  'what was expected',
  'a simpler cause',
  'the order of events',
  'most of the difference',
  'the weaker claim',
  'one more case',
]
const TAILS = ['in practice', 'for now', 'under load', 'with few exceptions', 'at every scale', 'as before']

/** A plausible sentence that says nothing. */
export function sentence(random: Random): string {
  return `${pick(SUBJECTS, random)} ${pick(VERBS, random)} ${pick(OBJECTS, random)} ${pick(TAILS, random)}.`
}

/** Sentences of exactly `tokens` tokens in all. */
export function sentences(random: Random, tokens: number): string {
  const parts: string[] = []
  for (let count = 0; count < tokens;) {
    const next = parts.length === 0 ? sentence(random) : ` ${sentence(random)}`
    count += countTokens(next)
    parts.push(next)
  }
  return firstTokens(parts.join(''), tokens)
}

/** One of the values. */
export function pick(values: readonly string[], random: Random): string {
  return values[Math.floor(random.next() * values.length)] ?? ''
}
