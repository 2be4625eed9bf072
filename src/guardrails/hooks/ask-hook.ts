import { parseJsonValue } from '../../kit/json.ts'
import { LIMITS } from '../../kit/limits.ts'
import type { Check, Checked } from '../check.ts'
import type { Asked, Hook, Question } from './contract.ts'
import { HookFailure, type Letters, type PostLetter, type Posting } from './letter.ts'
import { Sighting } from './seen.ts'

/** By what a server is asked. */
export interface HookParts {
  readonly guardrail: string
  readonly isPrivate: boolean
  readonly letters: Letters
  /** True where it is of no use that something was found somewhere: what is to be masked has to be told. */
  readonly needsPlaces: boolean
  /** The longest that an answer is waited for. */
  readonly limitMs: number
}

/**
 * Creates the check that asks a server. What it is sent is bounded and in parts, a few of them at a time; the first that fails is the end of
 * all, since what one part holds nobody knows then. Rejects with HookFailure.
 */
export function createHookCheck(hook: Hook, parts: HookParts): Check {
  const { guardrail, needsPlaces } = parts
  const { post } = parts.letters
  return {
    async judge({ phase, texts, exchange, signal }) {
      const restorable = exchange.placeholders?.restorable
      const sighting = new Sighting((words) => restorable?.has(words) === true)
      if (post === undefined) return {}
      try {
        const questions = writeAll(hook, { guardrail, phase, texts: askable(texts), exchange })
        await askAll(questions, { ...parts, post }, { signal, sighting })
      } catch (thrown) {
        throw thrown instanceof HookFailure ? thrown : new HookFailure(UNEXPECTED)
      }
      if (needsPlaces && sighting.isVague)
        throw new HookFailure('it does not say where it has found something')
      return sighting.finding()
    },
  }
}

function writeAll(hook: Hook, asked: Asked): readonly Question[] {
  const questions = hook.ask(asked)
  if (questions.length > LIMITS.hookLetters) throw new HookFailure(TOO_LONG)
  return questions
}

/** What else is thrown may hold what was said. */
const UNEXPECTED = 'it could not be asked'

const TOO_LONG = 'the texts are too long to be asked about'

/** Each text once, those without a word left out. */
function askable(texts: Checked['texts']): readonly string[] {
  return [...new Set(texts)].filter((text) => /\S/.test(text))
}

interface Asking {
  readonly signal: AbortSignal
  readonly sighting: Sighting
}

async function askAll(
  questions: readonly Question[],
  { guardrail, isPrivate, post, limitMs }: HookParts & { readonly post: PostLetter },
  { signal, sighting }: Asking,
): Promise<void> {
  const failed = new AbortController()
  const posting = { guardrail, isPrivate, limitMs, signal: AbortSignal.any([signal, failed.signal]) }
  const waiting = questions.values()
  const askOn = async (): Promise<void> => {
    for (const question of waiting) sighting.add(await askOne(question, post, posting))
  }
  const workers = Array.from({ length: Math.min(LIMITS.hookLettersAtOnce, questions.length) }, askOn)
  try {
    await Promise.all(workers)
  } catch (thrown) {
    failed.abort()
    throw thrown
  }
}

async function askOne(question: Question, post: PostLetter, posting: Posting) {
  const answer = parseJsonValue(await post(question, posting))
  if (answer === undefined) throw new HookFailure('it answered what is no JSON')
  const seen = question.read(answer.value)
  if (seen === undefined) throw new HookFailure('it answered in another form than expected')
  return seen
}
