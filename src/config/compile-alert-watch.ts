import { alertKindFacts, type AlertTerm, type AlertUnit, type AlertWatch } from '../exchange/alert.ts'
import { defined } from '../kit/defined.ts'
import { formatDuration, parseDuration } from '../kit/duration.ts'
import { LIMITS } from '../kit/limits.ts'
import { parseUsd } from '../kit/money.ts'
import { nearestNames } from '../kit/nearest.ts'
import { parseCount } from '../kit/quantity.ts'
import type { AlertWords } from './alert-words.ts'
import type { ProblemDraft } from './problems.ts'
import type { AlertRuleConfig } from './schema/alerts.ts'

const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** Every word that only some kinds take. */
const TERMS: Readonly<Record<AlertTerm, true>> = {
  measure: true,
  when: true,
  by: true,
  above: true,
  below: true,
  over: true,
  at_least: true,
  times: true,
  floor: true,
  weeks: true,
  share: true,
  of: true,
  unused_for: true,
  providers: true,
  parts: true,
  drills: true,
}

type Refused = { readonly drafts: readonly ProblemDraft[] }

/** What a rule watches, or what is wrong with its words. */
export function compileAlertWatch(written: AlertRuleConfig, words: AlertWords): AlertWatch | Refused {
  const misplaced = misplacedTerms(written)
  if (misplaced.length > 0) return { drafts: misplaced }
  switch (written.kind) {
    case 'threshold':
      return measured(written, words, {})
    case 'fallback-storm':
      return measured(written, words, STORM)
    case 'unpriced':
      return measured(written, words, UNPRICED)
    case 'spend-spike':
      return spike(written, words)
    case 'budget':
      return { on: 'budget', share: readShare(written.share ?? '80%'), ...defined({ of: written.of }) }
    case 'forecast':
      return { on: 'forecast', overMs: written.over ?? DAY_MS, ...defined({ of: written.of }) }
    case 'stale-keys':
      return { on: 'stale-keys', unusedMs: written.unused_for ?? 30 * DAY_MS }
    case 'resting':
      return { on: 'resting', ...defined({ providers: written.providers }) }
    case 'trouble':
      return { on: 'trouble', ...defined({ parts: written.parts }) }
    case 'drill':
      return { on: 'drill', ...defined({ drills: written.drills }) }
    case 'config':
      return { on: 'config' }
  }
}

function misplacedTerms(written: AlertRuleConfig): ProblemDraft[] {
  const { kind } = written
  const { takes, needs = [] } = alertKindFacts(kind)
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of a closed table
  const terms = Object.keys(TERMS) as AlertTerm[]
  const foreign = terms.filter((term) => written[term] !== undefined && !takes.includes(term))
  const hint = takes.length === 0 ? 'It takes no words of its own.' : `It takes ${takes.join(', ')}.`
  return [
    ...foreign.map((term) => ({ path: [term], message: `says nothing of the kind ${kind}`, hint })),
    ...needs
      .filter((term) => written[term] === undefined)
      .map((term) => ({ path: [term], message: `missing; the kind ${kind} needs it` })),
  ]
}

/** What a kind means that is a threshold under a name of its own. */
interface Usual {
  readonly measure?: string
  readonly above?: string
  readonly by?: string
  readonly overMs?: number
  readonly atLeast?: number
}

const STORM: Usual = {
  measure: 'fallback_rate',
  above: '10%',
  by: 'route',
  overMs: 15 * MINUTE_MS,
  atLeast: 20,
}
const UNPRICED: Usual = { measure: 'unpriced', above: '0', by: 'target', overMs: HOUR_MS, atLeast: 1 }
const USUAL_OVER_MS = 10 * MINUTE_MS
/** A share, or a percentile, of few says little. */
const USUAL_LEAST = 20
const LONGEST_MS = 7 * DAY_MS

function measured(written: AlertRuleConfig, words: AlertWords, usual: Usual): AlertWatch | Refused {
  const name = written.measure ?? usual.measure ?? ''
  const measure = words.measures.get(name)
  if (measure === undefined) return refuse('measure', `there is no measure ${name}`, nearestOf(name, words))
  const bounded = boundOf(written, usual, { name, unit: measure.unit })
  if ('drafts' in bounded) return bounded
  const by = written.by ?? usual.by
  const overMs = written.over ?? usual.overMs ?? USUAL_OVER_MS
  const asked = { ...defined({ when: written.when, by }), ofAttempts: measure.ofAttempts, overMs }
  const scanning = judge(asked, words)
  if ('drafts' in scanning) return scanning
  return {
    on: 'measure',
    measure: name,
    ...defined({ when: written.when, by }),
    ...bounded,
    unit: measure.unit,
    overMs,
    atLeast: written.at_least ?? usual.atLeast ?? usualLeast(measure.unit),
    scans: scanning.scans,
  }
}

function usualLeast(unit: AlertUnit): number {
  return unit === 'share' || unit === 'ms' ? USUAL_LEAST : 0
}

interface Bound {
  readonly side: 'above' | 'below'
  readonly bound: number
}

function boundOf(
  { above, below }: AlertRuleConfig,
  usual: Usual,
  { name, unit }: { readonly name: string; readonly unit: AlertUnit },
): Bound | Refused {
  if (above !== undefined && below !== undefined)
    return refuse('below', 'a rule rings above a bound or below one')
  const side = below === undefined ? 'above' : 'below'
  const text = String(below ?? above ?? usual.above ?? '')
  if (text === '') return refuse('above', 'missing; a threshold needs above or below')
  const bound = readBound(text, unit)
  if (bound !== undefined) return { side, bound }
  return refuse(side, `expected ${EXPECTED[unit]} for ${name}, found ${JSON.stringify(text)}`)
}

function nearestOf(name: string, { measures }: AlertWords): string {
  const [nearest] = nearestNames(name, measures.keys(), 1)
  return nearest === undefined ? 'docs/series.md lists them.' : `Did you mean "${nearest}"?`
}

const USUAL_FLOOR = 1_000_000_000n
const USUAL_TIMES = 3
const USUAL_WEEKS = 4

function spike(written: AlertRuleConfig, words: AlertWords): AlertWatch | Refused {
  const overMs = written.over ?? HOUR_MS
  if (overMs > DAY_MS) return refuse('over', 'a spike is looked for in 24h at most')
  const asked = { ...defined({ when: written.when, by: written.by }), ofAttempts: true, overMs }
  const scanning = judge(asked, words)
  if ('drafts' in scanning) return scanning
  if (scanning.scans)
    return refuse(
      'when',
      'weeks of requests would be looked at one by one',
      'Ask for one field only, which is route, target, provider, key or project, and not for another with by.',
    )
  return {
    on: 'spike',
    ...defined({ when: written.when, by: written.by }),
    times: written.times ?? USUAL_TIMES,
    floorNanoUsd: Number(written.floor ?? USUAL_FLOOR),
    weeks: written.weeks ?? USUAL_WEEKS,
    overMs,
    scans: false,
  }
}

interface Judged {
  readonly when?: string
  readonly by?: string
  readonly ofAttempts: boolean
  readonly overMs: number
}

/** No rule may look at requests without bound: what no sums answer may only look back for some hours. */
function judge(
  { when = '', by, ofAttempts, overMs }: Judged,
  words: AlertWords,
): { readonly scans: boolean } | Refused {
  if (overMs < MINUTE_MS) return refuse('over', 'sums are kept by the minute: at least 1m')
  if (overMs > LONGEST_MS) return refuse('over', `at most ${formatDuration(LONGEST_MS)}`)
  const verdict = words.judgeQuery({ when, ofAttempts, ...defined({ by }) })
  if (verdict.problem !== undefined) return refuse('when', verdict.problem, verdict.hint)
  if (verdict.scans && overMs > LIMITS.alertScanMs)
    return refuse(
      'over',
      `no sums answer this, so that requests are looked at one by one, for at most ${formatDuration(LIMITS.alertScanMs)}`,
      'Ask for one field only, which is route, target, provider, key or project.',
    )
  return verdict
}

function refuse(term: AlertTerm, message: string, hint?: string): Refused {
  return { drafts: [{ path: [term], message, ...defined({ hint }) }] }
}

const EXPECTED: Readonly<Record<AlertUnit, string>> = {
  share: 'a share such as 5%',
  ms: 'a time such as 2s',
  usd: 'US dollars such as 2.50',
  count: 'a number such as 100',
  tokens: 'a number such as 100k',
}

/** The bound in the unit of the measure; undefined for a text that is none. */
function readBound(text: string, unit: AlertUnit): number | undefined {
  if (unit === 'share') return /^\d{1,3}(\.\d{1,4})?%$/.test(text) ? readShare(text) : undefined
  if (unit === 'ms') return parseDuration(text)
  if (unit === 'usd')
    return /^\$?\d{1,9}(\.\d{1,9})?$/.test(text) ? Number(parseUsd(text.replace('$', ''))) : undefined
  return text === '0' ? 0 : parseCount(text)
}

function readShare(text: string): number {
  return Number(text.slice(0, -1)) / 100
}
