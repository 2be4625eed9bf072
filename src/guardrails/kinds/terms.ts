import { z } from 'zod'
import { LIMITS } from '../../kit/limits.ts'
import { TermLooker } from '../terms/look-for-terms.ts'
import { defineKind, type KindParts, type KindProblem } from './kind.ts'

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
  compile({ words, file, evasions }, parts) {
    const more = file === undefined ? [] : readList(file, parts)
    if ('problems' in more) return more
    const all = [...words, ...more]
    if (all.length === 0)
      return wrong([], 'at least one word', 'Write them in words, or name a file that holds them.')
    if (all.length > LIMITS.terms)
      return wrong(['file'], `expected at most ${COUNT} terms, found ${all.length}`)
    const key = `terms ${evasions ? 'with evasions' : ''}\n${all.join('\n')}`
    return { looker: parts.reuse(key, () => new TermLooker({ words: all, evasions })) }
  },
})

interface Wrong {
  readonly problems: readonly KindProblem[]
}

function wrong(path: readonly string[], message: string, hint?: string): Wrong {
  return { problems: [hint === undefined ? { path, message } : { path, message, hint }] }
}

function readList(file: string, { readText }: KindParts): readonly string[] | Wrong {
  const text = readText(file)
  if (text === undefined) return wrong(['file'], `the file ${file} cannot be read`)
  const lines = text.split(/\r?\n/).map((line) => line.trim())
  const bad = lines.findIndex(
    (line) => line !== '' && !isRemark(line) && (line.length > LONGEST_TERM || !HAS_LETTER.test(line)),
  )
  if (bad >= 0)
    return wrong(['file'], `line ${bad + 1} of ${file}: expected ${TERM}, with a letter or a digit in it`)
  return lines.filter((line) => line !== '' && !isRemark(line))
}

function isRemark(line: string): boolean {
  return line === '#' || line.startsWith('# ')
}
