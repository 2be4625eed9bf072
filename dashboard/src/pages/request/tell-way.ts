import { cameText } from '../../words/answered.ts'
import { readNumber, readObjects, readText, readTexts, type Unread } from '../../words/reading.ts'
import { phaseText, verdictText } from '../../words/verdicts.ts'
import { foundText, restoredOf, restoredText, verdictsOf } from './read-verdicts.ts'

/** A step of a decision that is about no single candidate, in words. */
export interface Told {
  readonly name: string
  readonly text: string
}

type Tell = (step: Unread) => Told

const text = (step: Unread, key: string): string => readText(step, key) ?? ''

/** Parts that say something, with commas. */
function parts(...said: readonly (string | false | undefined)[]): string {
  return said.filter((part) => part !== false && part !== undefined && part !== '').join(', ')
}

function names(step: Unread, key: string, word: string): string | undefined {
  const found = readTexts(step, key)
  return found.length === 0 ? undefined : `${word} ${found.join(', ')}`
}

function beside(step: Unread): Told {
  const startedMs = readNumber(step, 'startedMs')
  const cost = readText(step, 'extraCostUsd')
  return {
    name: text(step, 'step'),
    text: parts(
      `${text(step, 'outcome')} ${text(step, 'reason')}`.trim(),
      text(step, 'winner'),
      startedMs !== undefined && `begun after ${startedMs} ms`,
      cost !== undefined && `$${cost} for those that lost`,
    ),
  }
}

/** How much of what was said is kept. */
const KEPT: Readonly<Record<string, string | undefined>> = {
  none: 'nothing is kept',
  redacted: 'kept redacted',
  full: 'kept in full',
}

/** Docs: docs/decision-record.md. */
const TELL: Readonly<Record<string, Tell | undefined>> = {
  alias: (step) => ({ name: 'alias', text: `${text(step, 'from')} leads to ${text(step, 'to')}` }),
  match: (step) => ({
    name: 'match',
    text: parts(
      readText(step, 'to') === undefined
        ? `no route takes ${text(step, 'from')}`
        : `${text(step, 'to')} takes ${text(step, 'from')}`,
      names(step, 'failed', 'could not be said:'),
    ),
  }),
  resume: (step) => ({
    name: 'resume',
    text: parts(`behind ${readNumber(step, 'answers') ?? 0} stored answers`, readText(step, 'holder')),
  }),
  content: (step) => ({
    name: 'content',
    text: `${KEPT[text(step, 'keep')] ?? text(step, 'keep')}, by ${text(step, 'by')}`,
  }),
  condition: (step) => ({
    name: `step ${text(step, 'picked')}`,
    text: parts(
      step['refused'] === true && 'refuses',
      names(step, 'unmet', 'not'),
      names(step, 'failed', 'could not be said:'),
    ),
  }),
  split: (step) => ({
    name: `arm ${text(step, 'arm')}`,
    text: parts(
      step['forced'] === true
        ? 'asked for'
        : `by ${text(step, 'unit')}, bucket ${readNumber(step, 'bucket') ?? 0}`,
      `${100 * (readNumber(step, 'propensity') ?? 0)} % of requests`,
    ),
  }),
  verdict: (step) => ({
    name: `verdict ${text(step, 'says')}`,
    text: parts(
      `rung ${readNumber(step, 'rung') ?? 1}`,
      text(step, 'target'),
      ...readObjects(step, 'objections').map((one) =>
        `${text(one, 'by')}: ${text(one, 'reason')} ${text(one, 'detail')}`.trim(),
      ),
    ),
  }),
  climb: (step) => ({
    name: 'climb',
    text: `past ${text(step, 'past')}, after ${readNumber(step, 'answers') ?? 0} dropped answers`,
  }),
  savings: (step) => ({
    name: `saved $${text(step, 'savedUsd')}`,
    text: `$${text(step, 'spentUsd')} instead of $${text(step, 'premiumUsd')} at ${text(step, 'premium')}`,
  }),
  guard: (step) => ({
    name: `guardrails, ${phaseText(text(step, 'phase'))}`,
    text: parts(
      ...verdictsOf(step).map(({ guardrail, verdict, isShadow, found }) =>
        `${guardrail} ${verdictText(verdict, isShadow)} ${found.length === 0 ? '' : `(${foundText(found)})`}`.trim(),
      ),
      (readNumber(step, 'more') ?? 0) > 0 && `${readNumber(step, 'more') ?? 0} more passed`,
    ),
  }),
  similar: (step) => ({
    name: 'similar answers',
    text: parts(
      `${text(step, 'outcome')} ${text(step, 'reason')}`.trim(),
      step['similarity'] !== undefined && `similarity ${(readNumber(step, 'similarity') ?? 0).toFixed(3)}`,
    ),
  }),
  restore: (step) => ({
    name: 'put back in the answer',
    text: parts(...restoredOf(step).map(restoredText)),
  }),
  cache: (step) => ({
    name: cameText(text(step, 'outcome')),
    text: parts(
      readText(step, 'reason'),
      readNumber(step, 'ageMs') !== undefined &&
        `${Math.round((readNumber(step, 'ageMs') ?? 0) / 1_000)} s old`,
      Number(text(step, 'savedUsd')) > 0 && `saved $${text(step, 'savedUsd')}`,
      text(step, 'first') !== '' && `first given to ${text(step, 'first')}`,
    ),
  }),
  race: beside,
  hedge: beside,
  continue: (step) => ({
    name: 'gone on with',
    text: parts(
      `${text(step, 'outcome')} ${text(step, 'reason')}`.trim(),
      `behind ${readNumber(step, 'characters') ?? 0} characters of ${text(step, 'from')}`,
      readText(step, 'to'),
    ),
  }),
  queue: (step) => ({
    name: 'queue',
    text: parts(
      text(step, 'outcome'),
      text(step, 'gate'),
      readText(step, 'target'),
      (readNumber(step, 'position') ?? 0) > 0 &&
        `place ${readNumber(step, 'position') ?? 0}, ${readNumber(step, 'waitedMs') ?? 0} ms`,
    ),
  }),
}

/** Those are told as the table of candidates. */
const OF_CANDIDATES: readonly string[] = ['rank', 'filter', 'attempt']

/** Tells a step; one of a version to come is only named. */
export function tellWay(step: Unread): readonly Told[] {
  const kind = text(step, 'step')
  if (OF_CANDIDATES.includes(kind)) return []
  const tell = Object.hasOwn(TELL, kind) ? TELL[kind] : undefined
  return [tell === undefined ? { name: kind, text: '' } : tell(step)]
}
