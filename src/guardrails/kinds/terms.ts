import { z } from 'zod'
import { sha256Hex } from '../../kit/hash.ts'
import { LIMITS } from '../../kit/limits.ts'
import { toEnd } from '../../kit/steps.ts'
import type { Looker } from '../looker.ts'
import { TermCompiler, TERMS_AT_ONCE } from '../terms/compile-terms.ts'
import { TermLooker } from '../terms/look-for-terms.ts'
import { defineKind, type KindProblem, type PrepareParts } from './kind.ts'

const LONGEST_TERM = LIMITS.termCharacters
const TERM = `a word or a phrase of at most ${LONGEST_TERM} characters`
const HAS_LETTER = /[\p{L}\p{N}\p{M}\p{Extended_Pictographic}]/u
const COUNT = LIMITS.terms.toLocaleString('en')

const termSchema = z
  .string({ error: TERM })
  .max(LONGEST_TERM, { error: TERM })
  .regex(HAS_LETTER, { error: `${TERM}, with a letter or a digit in it` })

/** Words and phrases of a list. */
export const terms = defineKind({
  name: 'terms',
  summary:
    'words and phrases of a list, as whole words, whatever their case and marks, and however many blanks and hyphens stand between them',
  options: z.strictObject({
    words: z
      .array(termSchema)
      .max(LIMITS.terms, { error: `at most ${COUNT}` })
      .default([])
      .describe('The list.'),
    file: z
      .string({ error: 'the path of a file' })
      .min(1, { error: 'the path of a file' })
      .optional()
      .describe(
        'A file with more, one on each line, beside the configuration; what follows # and a blank at the beginning of a line is a remark.',
      ),
    evasions: z
      .boolean({ error: 'true or false' })
      .default(false)
      .describe(
        'Whether they are found too where letters of other scripts, digits and signs stand for theirs, and where they are spelt letter by letter.',
      ),
  }),
  compile(said, parts) {
    const lists = readLists(said, parts)
    if ('problems' in lists) return lists
    const made = parts.reuse(keyOf(lists), () => toEnd(compileLists(lists)))
    return 'problems' in made ? made : { looker: made }
  },
  prepare(said, parts, afterTurn) {
    const lists = readLists(said, parts)
    if ('problems' in lists || lists.text.length < LEAST_PREPARED) return undefined
    return parts.reuse.prepare?.(keyOf(lists), () => compileLists(lists), afterTurn)
  },
})

/** Characters of a list for which others have to wait no longer than for a usual request. */
const LEAST_PREPARED = 262_144

interface Said {
  readonly words: readonly string[]
  readonly file?: string | undefined
  readonly evasions: boolean
}

/** Both lists: the words of the configuration, and the lines of a file. */
interface Lists extends Said {
  readonly text: string
}

function readLists(said: Said, { readText }: PrepareParts): Lists | Wrong {
  const { file } = said
  const text = file === undefined ? '' : readText(file)
  return text === undefined ? wrong(['file'], `the file ${file} cannot be read`) : { ...said, text }
}

/** A file has the same words as long as it has the same text, which is long. */
function keyOf({ words, text, evasions }: Lists): string {
  return `terms ${evasions ? 'with evasions' : ''}\n${words.join('\n')}\n\n${sha256Hex(text)}`
}

function* compileLists({ words, file = '', text, evasions }: Lists): Generator<undefined, Looker | Wrong> {
  const compiler = new TermCompiler(evasions, text.length)
  let count = words.length
  for (const word of words) compiler.add(word)
  let number = 0
  for (const written of linesOf(text)) {
    number += 1
    if (number % TERMS_AT_ONCE === 0) yield
    const line = written.trim()
    if (line === '' || isRemark(line)) continue
    // What is plain has a letter in it.
    if (line.length > LONGEST_TERM || !(compiler.add(line) || HAS_LETTER.test(line)))
      return wrong(['file'], `line ${number} of ${file}: expected ${TERM}, with a letter or a digit in it`)
    count += 1
  }
  if (count === 0)
    return wrong([], 'at least one word', 'Write them in words, or name a file that holds them.')
  if (count > LIMITS.terms) return wrong(['file'], `expected at most ${COUNT} terms, found ${count}`)
  return new TermLooker(yield* compiler.finish())
}

function* linesOf(text: string): Generator<string> {
  let from = 0
  for (let end = text.indexOf('\n'); end >= 0; end = text.indexOf('\n', from)) {
    yield text.slice(from, end)
    from = end + 1
  }
  yield text.slice(from)
}

interface Wrong {
  readonly problems: readonly KindProblem[]
}

function wrong(path: readonly string[], message: string, hint?: string): Wrong {
  return { problems: [hint === undefined ? { path, message } : { path, message, hint }] }
}

function isRemark(line: string): boolean {
  return line === '#' || line.startsWith('# ')
}
