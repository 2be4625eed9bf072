import {
  AUXILIARIES,
  EMPTY_WORDS,
  ENGLISH_SIGNS,
  FOREIGN_SIGNS,
  NEGATIONS,
  NUMBER_WORDS,
  OWN_PLURALS,
  QUESTION_WORDS,
  SAME_WORDS,
  TIME_WORDS,
  TWO_FACED,
  VERBS,
} from './english-words.ts'
import { tidyQuestion, unwrapQuestion } from './tidy-question.ts'

/** What a word of a question is. */
export type AtomKind = 'word' | 'number' | 'negation' | 'time' | 'name' | 'asked' | 'mark'

/** A word that counts, as it is compared. */
export interface Atom {
  readonly kind: AtomKind
  readonly text: string
}

/** What is known of the text of a question, for comparing it with others. Worked out once. */
export interface QuestionReading {
  /** Without what never matters: form of letters, white space, capitals that begin a word. */
  readonly normal: string
  /** Is it English? Others are only compared as they are. */
  readonly isEnglish: boolean
  /** The words that count, in their order. */
  readonly atoms: readonly Atom[]
  /** Is there anything in it beside marks and question words? */
  readonly hasContent: boolean
  /** What stands in quotes, as it is written. */
  readonly quoted: readonly string[]
  /** Words that are names too where they are written as such. */
  readonly twoFaced: readonly string[]
  /** What it begins with where it is answered by yes or no, or what it ends with where it is no question. */
  readonly form: string
}

/** Numbers with what belongs to them, words with marks of their own (`C++`, `node.js`, `a@b.c`), single marks. */
const TOKEN =
  /[-+]?[$€£¥]?\d[\d.,:/-]*\d(?:\p{L}+|%|°\p{L}?)?|[-+]?[$€£¥]?\d(?:\p{L}+|%|°\p{L}?)?|\p{L}[\p{L}\p{N}\p{M}]*(?:[.@_/\\&][\p{L}\p{N}]+)*(?:\+\+|#)?|[^\s,]|,/gu

const NUMBER = /^[-+]?[$€£¥]?\d/
const QUOTED = /["“”«»]([^"“”«»]+)["“”«»]|(?<![\p{L}\p{N}])['‘]([^'‘’]{2,}?)['’](?![\p{L}])/gu
const LATIN = /\p{Script=Latin}/gu
const LETTER = /\p{L}/gu
/** Shares of letters and words by which a text is English. */
const MOST_LATIN = 0.95
const ENGLISH_SHARE = 0.2

/** Reads the text of a question. Pure; O(length). */
export function readQuestion(text: string): QuestionReading {
  const tidy = tidyQuestion(text)
  const isEnglish = isEnglishText(tidy.toLowerCase())
  const quoted = Array.from(text.matchAll(QUOTED), ([, one, other]) => one ?? other ?? '')
  if (!isEnglish)
    return { normal: tidy, isEnglish, atoms: [], hasContent: false, quoted, twoFaced: [], form: '' }
  const tokens = toTokens(unwrapQuestion(tidy))
  const atoms = invertOf(toAtoms(tokens)).filter(({ text }) => text !== 'of')
  return {
    normal: withoutCapitals(tidy),
    isEnglish,
    atoms,
    hasContent: atoms.some(({ kind }) => kind !== 'mark' && kind !== 'asked'),
    quoted,
    twoFaced: tokens.filter(isWrittenAsName).map(({ written }) => written),
    form: formOf(tokens, tidy),
  }
}

/** A word with capitals in its midst is a name of its own (`GB`, `fooBar`, `PATH`), as is what is measured in (`5 mW`, `5 MW`). */
function withoutCapitals(tidy: string): string {
  return tidy.replace(/(?<=\d )\p{L}{1,3}(?![\p{L}\p{N}])|\S+/gu, (word, at: number) => {
    const isUnit = /^\p{L}{1,3}$/u.test(word) && /\d $/.test(tidy.slice(Math.max(0, at - 2), at))
    const begins = word.search(/[\p{L}\p{N}]/u)
    return isUnit || /\p{Lu}/u.test(word.slice(begins + 1)) ? word : word.toLowerCase()
  })
}

/** Capitals at the beginning of a sentence show nothing, unless all are. */
function isWrittenAsName({ word, written, isFirst }: Token): boolean {
  if (/^[B-HJ-Z]$/.test(written)) return true
  if (!TWO_FACED.has(word) || written === word) return false
  const isFunction = QUESTION_WORDS.has(word) || AUXILIARIES.has(word) || word === 'it'
  return !isFirst || !isFunction || written === written.toUpperCase()
}

function formOf(tokens: readonly Token[], tidy: string): string {
  const first = tokens[0]?.word ?? ''
  if (QUESTION_WORDS.has(first)) return ''
  return AUXILIARIES.has(first) ? (SAME_WORDS.get(first) ?? first) : /\?\W*$/.test(tidy) ? '?' : '.'
}

function isEnglishText(normal: string): boolean {
  const letters = normal.match(LETTER)?.length ?? 0
  if (letters === 0 || (normal.match(LATIN)?.length ?? 0) < letters * MOST_LATIN) return false
  const words = normal.match(/\p{L}+/gu) ?? []
  const english = words.filter((word) => ENGLISH_SIGNS.has(word)).length
  const foreign = words.filter((word) => FOREIGN_SIGNS.has(word)).length
  return english >= Math.max(1, words.length * ENGLISH_SHARE) && foreign * 3 < english + 2
}

interface Token {
  readonly word: string
  readonly written: string
  /** Begins with a capital where a sentence does not begin. */
  readonly isName: boolean
  /** Begins a sentence. */
  readonly isFirst: boolean
  /** Is another word where its capitals are. */
  readonly keepsCase: boolean
}

function toTokens(text: string): readonly Token[] {
  const tokens: Token[] = []
  let isFirst = true
  let isNumber = false
  for (const [written] of text.matchAll(TOKEN)) {
    const word = written.toLowerCase()
    const isName = !isFirst && /^\p{Lu}/u.test(written) && word !== 'i'
    const isUnit = isNumber && /^\p{L}{1,3}$/u.test(written)
    const keepsCase = isUnit || /^..*\p{Lu}/su.test(written)
    tokens.push({ word, written, isName, isFirst, keepsCase })
    isNumber = /\d$/.test(written)
    isFirst = /[.?!:;]/.test(written) && written.length === 1
  }
  return tokens
}

function toAtoms(tokens: readonly Token[]): readonly Atom[] {
  const isNegated = tokens.some(({ word }) => NEGATIONS.has(word))
  const isOfPrices = tokens.some(({ word }) => /^(?:price|cost)s?$/.test(word))
  return tokens.flatMap((token, index): readonly Atom[] => {
    const { word } = token
    if (ARTICLES.has(word) && countsAsWritten(tokens, index)) return [{ kind: 'mark', text: word }]
    if (!isOfPrices && isArticle(token, tokens[index + 1])) return []
    if (word === 'exactly' && !NUMBER.test(tokens[index + 1]?.written ?? '')) return []
    if (word === ',') return isNegated ? [{ kind: 'mark', text: ',' }] : []
    if (word === 'of') return [{ kind: 'mark', text: isOwned(tokens[index + 1]) ? 'of' : 'of what' }]
    return EMPTY_WORDS.has(word) ? [] : [toAtom(token)]
  })
}

const ARTICLES = new Set(['a', 'an', 'the'])

/**
 * An article tells one question from another where little else is said (`What is the time?`), before what may be a verb
 * (`Is it a download?`), and before what means something else with it (`a few`).
 */
function countsAsWritten(tokens: readonly Token[], index: number): boolean {
  const next = tokens[index + 1]?.word ?? ''
  if (VERBS.has(SAME_WORDS.get(next) ?? next) || /^(?:few|little|bit)$/.test(next)) return true
  const isLast = index + 2 >= tokens.filter(({ word }) => /^[\p{L}\p{N}]/u.test(word)).length
  if (isLast && tokens[index]?.word === 'the' && !tokens.some(({ word }) => word === 'of')) return true
  const said = tokens.filter(({ word }) => !ARTICLES.has(word) && !isAskedWith(word))
  return said.length === 1
}

function isAskedWith(word: string): boolean {
  return (
    QUESTION_WORDS.has(word) ||
    AUXILIARIES.has(word) ||
    EMPTY_WORDS.has(word) ||
    /^(?:it|this|that)$/.test(word)
  )
}

/** A house of cards is no card house, as the capital of France is France's. */
function isOwned(next: Token | undefined): boolean {
  return (
    next !== undefined &&
    (next.isName || /^(?:an?|the|my|your|our|his|her|its|their|this|that)$/.test(next.word))
  )
}

/** Not a letter by the name of A. Where it is about prices, one that is bought is another than the one that is used. */
function isArticle({ written }: Token, next: Token | undefined): boolean {
  if (!/^[Aa]n$|^a$/.test(written) || next === undefined) return false
  if (Object.hasOwn(NUMBER_WORDS, next.word)) return false
  return /^\p{L}{2}/u.test(next.word) && !AUXILIARIES.has(next.word) && !/^(?:and|or)$/.test(next.word)
}

function toAtom(token: Token): Atom {
  const { word, written, keepsCase } = token
  const number = Object.hasOwn(NUMBER_WORDS, word) ? NUMBER_WORDS[word] : undefined
  if (number !== undefined) return { kind: 'number', text: number }
  if (NUMBER.test(word)) return { kind: 'number', text: numberText(keepsCase ? written : word) }
  if (NEGATIONS.has(word)) return { kind: 'negation', text: word === 'cannot' ? 'not' : word }
  if (QUESTION_WORDS.has(word)) return { kind: 'asked', text: SAME_WORDS.get(word) ?? word }
  return keepsCase && written !== word ? { kind: 'name', text: written } : plainAtom(token)
}

function plainAtom({ word, isName }: Token): Atom {
  const same = SAME_WORDS.get(word)
  // What is named so is not several of what is named without the ending.
  const single = same ?? (isName ? word : singular(word))
  if (TIME_WORDS.has(word) || TIME_WORDS.has(single)) return { kind: 'time', text: single }
  if (!/^[\p{L}\p{N}]/u.test(word)) return { kind: 'mark', text: word }
  return { kind: isName ? 'name' : 'word', text: SAME_WORDS.get(single) ?? single }
}

/** `1,000` is `1000`; everything else as it is written, since a comma may be a point elsewhere. */
function numberText(word: string): string {
  return word.replace(/(?<=\d),(?=\d{3}(?!\d))/g, '')
}

/** Without the ending of a plural, or of a verb in the present. */
function singular(word: string): string {
  if (word.length < 4 || OWN_PLURALS.has(word) || !/^\p{L}+$/u.test(word)) return word
  if (word.endsWith('ies') && word.length > 4) return `${word.slice(0, -3)}y`
  if (/(?:s|x|z|ch|sh)es$/.test(word)) return word.slice(0, -2)
  return /[^sui]s$/.test(word) ? word.slice(0, -1) : word
}

/** `price of the train ticket` as `train ticket price`, from the last to the first. */
function invertOf(atoms: readonly Atom[]): readonly Atom[] {
  const placed = [...atoms]
  for (let at = placed.length - 1; at > 0; at -= 1) {
    if (placed[at]?.text !== 'of') continue
    const head = placed[at - 1]
    if (head === undefined || head.kind !== 'word') continue
    let end = at + 1
    while (isPlain(placed[end])) end += 1
    if (end === at + 1) continue
    const behind = placed.slice(at + 1, end)
    placed.splice(at - 1, end - at + 1, ...behind, head)
  }
  return placed
}

const BINDING = new Set([
  'from',
  'by',
  'to',
  'in',
  'on',
  'at',
  'for',
  'with',
  'than',
  'as',
  'or',
  'and',
  'if',
  'per',
])

function isPlain(atom: Atom | undefined): boolean {
  if (atom === undefined || BINDING.has(atom.text)) return false
  return atom.kind === 'word' || atom.kind === 'name'
}
