import type { FinishReason } from '../exchange/chat-content.ts'
import type { Message } from '../exchange/collect.ts'
import type { Block, ToolCallBlock } from '../exchange/content.ts'
import { isArray, isObject, parseJson, type Json } from '../kit/json.ts'

/** How like two answers to the same request are. Nothing of what they say is in it. */
export interface Comparison {
  /** Characters of text, the shown answer's and the other's. */
  readonly lengths: readonly [number, number]
  /** Did both refuse, or neither? */
  readonly sameRefusal: boolean
  /** Were the same tools called with the same arguments? Absent where neither called any. */
  readonly sameTools?: boolean
  /** Do both say the same JSON? Absent where the shown answer is none. */
  readonly sameJson?: boolean
  /** Words that both have among all that either has (Jaccard), 0 to 1; it knows nothing of meaning. */
  readonly jaccard: number
}

/** More words of an answer are not looked at. */
const MOST_WORDS = 5_000
const WORD = /[\p{L}\p{N}]+/gu

/** Compares a shown answer with another one. Pure; linear in their lengths. */
export function compareAnswers(shown: Message, other: Message): Comparison {
  const [ours, theirs] = [read(shown), read(other)]
  const json = toJson(ours.text)
  const hasCalls = ours.calls.length > 0 || theirs.calls.length > 0
  return {
    lengths: [ours.text.length, theirs.text.length],
    sameRefusal: ours.refuses === theirs.refuses,
    jaccard: jaccard(wordsOf(ours.text), wordsOf(theirs.text)),
    ...(hasCalls ? { sameTools: sameCalls(ours.calls, theirs.calls) } : {}),
    ...(json === undefined ? {} : { sameJson: canonical(json) === canonical(toJson(theirs.text) ?? null) }),
  }
}

/** Do two answers agree in all that is exact and can be told of them? How they are worded is none of it. */
export function agrees({ sameRefusal, sameTools, sameJson }: Omit<Comparison, 'lengths'>): boolean {
  return sameRefusal && sameTools !== false && sameJson !== false
}

interface Said {
  readonly text: string
  readonly calls: readonly ToolCallBlock[]
  readonly refuses: boolean
}

/** What the first choice says. */
function read({ choices: [first] }: Message): Said {
  const blocks = first?.blocks ?? []
  return {
    text: blocks.map((block) => (block.type === 'text' ? block.text : '')).join(''),
    calls: blocks.filter((block) => block.type === 'tool-call'),
    refuses: blocks.some(isRefusal) || isRefusing(first?.finish?.reason),
  }
}

function isRefusal({ type }: Block): boolean {
  return type === 'refusal'
}

function isRefusing(reason: FinishReason | undefined): boolean {
  return reason === 'refusal' || reason === 'content-filter'
}

function sameCalls(ours: readonly ToolCallBlock[], theirs: readonly ToolCallBlock[]): boolean {
  const spelled = (calls: readonly ToolCallBlock[]): string =>
    calls
      .map(({ name, arguments: text }) => `${name} ${canonical(toJson(text) ?? text)}`)
      .toSorted()
      .join('\n')
  return spelled(ours) === spelled(theirs)
}

/** What a text says as JSON, an object or a list; undefined of any other. */
function toJson(text: string): Json | undefined {
  if (!/^\s*[[{]/.test(text)) return undefined
  try {
    return parseJson(text)
  } catch {
    return undefined
  }
}

/** The same for values that differ in nothing but the order of members. */
function canonical(value: Json): string {
  if (isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (!isObject(value)) return JSON.stringify(value)
  const members = Object.entries(value).toSorted(([left], [right]) => (left < right ? -1 : 1))
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${canonical(member ?? null)}`).join(',')}}`
}

function wordsOf(text: string): ReadonlySet<string> {
  const words = new Set<string>()
  for (const [word] of text.matchAll(WORD)) {
    words.add(word.toLowerCase())
    if (words.size >= MOST_WORDS) break
  }
  return words
}

function jaccard(ours: ReadonlySet<string>, theirs: ReadonlySet<string>): number {
  if (ours.size === 0 && theirs.size === 0) return 1
  let both = 0
  for (const word of ours) if (theirs.has(word)) both += 1
  return both / (ours.size + theirs.size - both)
}
