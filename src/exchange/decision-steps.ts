import { readArray, readNumber, readObject, readObjects, readString, type JsonObject } from '../kit/json.ts'
import { inDollars } from '../kit/money.ts'
import type { DecisionStep } from './decision.ts'

/** A line of a step, as it is told: what happened, which target it is about, why, and the numbers behind it. */
export interface StepLine {
  readonly what: string
  readonly target?: string
  readonly reason?: string
  readonly detail?: string
}

/** What there is to say of a kind of step. */
interface StepRow {
  /** Its line in docs/decision-record.md, where a test looks for it. */
  readonly meaning: string
  /** Tells a step of the kind as it lies in a record. */
  readonly tell: (step: JsonObject) => readonly StepLine[]
}

/** Every kind of step. One that is missing here does not compile. */
export const DECISION_STEPS: { readonly [K in DecisionStep['step']]: StepRow } = {
  alias: {
    meaning: 'The name that was asked for (`from`) led to a route of another name (`to`).',
    tell: (step) => [{ what: 'alias', target: text(step, 'to'), reason: `for ${text(step, 'from')}` }],
  },
  match: {
    meaning:
      'Whatever name was asked for (`from`), the request was taken by the first route (`to`) whose `match` holds; without `to`, by none. `failed` are those before it whose conditions could not be said ([route by rules](route-by-rules.md#a-route-for-requests-of-any-name)).',
    tell: (step) => [
      {
        what: 'match',
        target: text(step, 'to'),
        reason: `for ${text(step, 'from')}`,
        detail: namesIn(step, 'failed'),
      },
    ],
  },
  replay: {
    meaning:
      'The request repeats an earlier one (`of`) under the same `Idempotency-Key`, and got what that one got: nobody was asked, and nothing was charged ([idempotency](idempotency.md)).',
    tell: (step) => [{ what: 'replay', reason: `of ${text(step, 'of')}` }],
  },
  resume: {
    meaning:
      'The request goes on from stored answers, so many of which (`answers`) stand before it. A provider that stores them too is asked first (`holder`).',
    tell: (step) => [
      {
        what: 'resume',
        target: text(step, 'holder'),
        reason: `behind ${readNumber(step, 'answers') ?? 0} stored answers`,
      },
    ],
  },
  condition: {
    meaning:
      'The route has steps: `picked` is the first whose condition held; `unmet` are those before it whose conditions did not, `failed` those whose conditions could not be said, because something that they ask for is absent ([conditions](conditions.md)). Of each the first eight are named, and the rest is counted (`more`). `refused` where the step refuses whoever takes it.',
    tell: (step) => [
      {
        what: step['refused'] === true ? 'refused' : 'condition',
        reason: text(step, 'picked'),
        detail: passedBy(step),
      },
    ],
  },
  split: {
    meaning:
      'The requests of the route are divided ([canaries](canary.md)): `unit` has the `bucket` of 10,000, which belongs to `arm`; so much of all requests goes its way (`propensity`). `forced` where the request asked for it.',
    tell: (step) => [
      {
        what: 'split',
        target: text(step, 'arm'),
        reason: step['forced'] === true ? 'asked for' : `by ${text(step, 'unit')}`,
        detail: `bucket ${readNumber(step, 'bucket') ?? 0}, share ${readNumber(step, 'propensity') ?? 0}`,
      },
    ],
  },
  filter: {
    meaning:
      'These targets of the route may not be asked, each for a reason. Behind an attempt: what would have followed it.',
    tell: (step) => [
      ...readObjects(step, 'targets').map((one) => aboutTarget('filter', one)),
      ...Object.entries(readObject(step, 'more') ?? {}).map(([reason, count]) => ({
        what: 'filter',
        target: `${Number(count)} more`,
        reason,
      })),
    ],
  },
  rank: {
    meaning:
      'These may, in this order; `strategy` put them so, and `reason` says why the first one is first.',
    tell: (step) => {
      const what = `rank ${text(step, 'strategy')}`
      const more = readNumber(step, 'more')
      return [
        ...readObjects(step, 'targets').map((one, index) => ({
          ...aboutTarget(what, one),
          reason: index === 0 ? text(step, 'reason') : '',
        })),
        ...(more === undefined ? [] : [{ what, target: `${more} more` }]),
      ]
    },
  },
  attempt: {
    meaning:
      'One of them was asked: outcome, status, time, money. A target without an attempt was not needed, or not reached.',
    // The ledger knows more of them.
    tell: () => [],
  },
  verdict: {
    meaning:
      'The answer of an attempt was looked at: what was found (`says`: pass, nothing, stays, reject), and who objects to it for which reason (`objections`). With `shown`, for the record alone. See [escalation](escalation.md).',
    tell: (step) => {
      const what = step['shown'] === true ? 'verdict, afterwards' : 'verdict'
      const line = { what, target: text(step, 'target'), reason: text(step, 'says') }
      const objections = readObjects(step, 'objections')
      if (objections.length === 0) return [line]
      return objections.map((one) => ({
        ...line,
        reason: `${text(one, 'by')}: ${text(one, 'reason')}`,
        detail: text(one, 'detail'),
      }))
    },
  },
  climb: {
    meaning:
      'The session has had so many `answers` of the first model dropped, so that its target (`past`) and others with this model are asked last.',
    tell: (step) => [
      {
        what: 'climb',
        target: text(step, 'past'),
        reason: `past it, after ${readNumber(step, 'answers') ?? 0} dropped answers`,
      },
    ],
  },
  savings: {
    meaning:
      'What the answer would have cost at the last rung (`premium`), what was paid for the request with everything that was asked for it, and the difference.',
    tell: (step) => [
      {
        what: 'savings',
        target: text(step, 'premium'),
        reason: inDollars(text(step, 'savedUsd')),
        detail: `${inDollars(text(step, 'spentUsd'))} instead of ${inDollars(text(step, 'premiumUsd'))}`,
      },
    ],
  },
  race: {
    meaning:
      'Several targets were asked at once, or were to be: who won, when the second was begun, and what those cost that lost; or that the allowance was used up, or why it would have been of no use.',
    tell: (step) => [besideLine(step)],
  },
  hedge: {
    meaning:
      'A second target was asked beside the first one that was slow, or was to be: who won, when it was begun, and what the other cost; or that the allowance was used up, or why it would have been of no use.',
    tell: (step) => [besideLine(step)],
  },
  continue: {
    meaning:
      'The answer broke off when some of it was shown ([going on](trying-again.md)): where (`characters`), at whom (`from`), and who goes on (`to`), told `by` the beginning of the answer or by an instruction. `failed` where all who were asked have, `refused` where nobody could be, `unfit` where it is no plain text.',
    tell: (step) => [
      {
        what: 'continue',
        target: text(step, 'to'),
        reason: `${text(step, 'outcome')} ${text(step, 'reason')}`.trim(),
        detail: `behind ${readNumber(step, 'characters') ?? 0} characters of ${text(step, 'from')}${by(step)}`,
      },
    ],
  },
  queue: {
    meaning:
      'The target had as many attempts under way as it may have, or a limit of the caller was reached (`gate`). It was waited for at the `position`, or not: `entered`, `refused`, or `left` by the client ([trying again](trying-again.md)).',
    tell: (step) => [queueLine(step)],
  },
  content: {
    meaning:
      'How much of what is said is kept (`keep`), and whose rule that is (`by`): `default`, `route`, `project`, `key` or `request` ([content](content.md)). Only where the configuration keeps anything of anybody.',
    tell: (step) => [{ what: 'content', reason: text(step, 'keep'), detail: `by ${text(step, 'by')}` }],
  },
  guard: {
    meaning:
      'Guardrails have looked at what is asked or answered (`phase`), in the order of the file; of each its `verdict`: passed, flagged, failed, masked, restricted, blocked, and how often each detector has found something (`found`). With `shadow`, what it would have done. Of those that let it pass the first eight are named, and the rest is counted (`more`). See [guardrails](guardrails.md).',
    tell: (step) => [
      ...readObjects(step, 'verdicts').map((one) => guardLine(text(step, 'phase'), one)),
      ...moreLine('guard', readNumber(step, 'more')),
    ],
  },
  restore: {
    meaning:
      'What was masked in the request has been put back in the answer: how many placeholders, by guardrail (`restored`); how many that were masked in other requests of the same (`remembered`); and how many that nobody knows (`unknown`): the model has made them up, or they are forgotten. See [masking](masking.md).',
    tell: (step) => [restoreLine(step)],
  },
  cache: {
    meaning:
      'The route keeps answers ([caching](caching.md)): a kept one was given (`hit`, `stale`, of the age `ageMs`, which had cost `savedUsd` when the request `first` was given it), the answer to a similar question (`semantic`, so near by `similarity`), or that of a call under way (`coalesced`); there was none (`miss`), none was wanted (`refresh`), or it was not looked for (`bypass`), for a `reason`.',
    tell: (step) => [cacheLine(step)],
  },
  similar: {
    meaning:
      'No answer was kept for this question, and one was looked for whose question is similar ([similar answers](semantic-cache.md)): it was given (`served`), or not yet, and the model asked to see whether it would have been right (`explored`); there was `none`, with what stood against the nearest (`reason`); this request is only compared as it is (`never`, with a `reason`); its vector was `late`; or similar answers are `off`. `similarity` is the cosine.',
    tell: (step) => [
      {
        what: 'similar',
        reason: `${text(step, 'outcome')} ${text(step, 'reason')}`.trim(),
        detail: similarityText(step),
      },
    ],
  },
}

function similarityText(step: JsonObject): string {
  const similarity = readNumber(step, 'similarity')
  return similarity === undefined ? '' : `similarity ${similarity.toFixed(3)}`
}

function restoreLine(step: JsonObject): StepLine {
  const parts = (['restored', 'remembered'] as const).flatMap((member) =>
    Object.entries(readObject(step, member) ?? {}).map(
      ([guardrail, times]) => `${guardrail} ${Number(times)}${member === 'remembered' ? ' remembered' : ''}`,
    ),
  )
  const unknown = readNumber(step, 'unknown') ?? 0
  return {
    what: 'restore',
    reason: parts.join(', ') || 'nothing',
    ...(unknown === 0 ? {} : { detail: `${unknown} unknown` }),
  }
}

function cacheLine(step: JsonObject): StepLine {
  const ageMs = readNumber(step, 'ageMs')
  const saved = readString(step, 'savedUsd')
  const first = readString(step, 'first')
  const parts = [
    ageMs === undefined ? '' : `${Math.round(ageMs / 1_000)} s old`,
    saved === undefined ? '' : `saved ${inDollars(saved)}`,
    similarityText(step),
    first === undefined ? '' : `first given to ${first}`,
  ]
  return {
    what: 'cache',
    reason: `${text(step, 'outcome')} ${text(step, 'reason')}`.trim(),
    detail: parts.filter((part) => part !== '').join(', '),
  }
}

function guardLine(phase: string, verdict: JsonObject): StepLine {
  const found = Object.entries(readObject(verdict, 'found') ?? {})
  const would = verdict['shadow'] === true ? 'would be ' : ''
  return {
    what: `guard ${phase}`,
    target: text(verdict, 'guardrail'),
    reason: `${would}${text(verdict, 'verdict')}`,
    detail: found.map(([name, count]) => `${name}: ${Number(count)}`).join(', '),
  }
}

function moreLine(what: string, more: number | undefined): readonly StepLine[] {
  return more === undefined ? [] : [{ what, target: `${more} more` }]
}

function by(step: JsonObject): string {
  const how = readString(step, 'by')
  return how === undefined ? '' : `, by ${how}`
}

function queueLine(step: JsonObject): StepLine {
  const position = readNumber(step, 'position') ?? 0
  return {
    what: 'queue',
    target: text(step, 'target'),
    reason: text(step, 'outcome'),
    detail: `${text(step, 'gate')}${position === 0 ? '' : `, place ${position}, ${readNumber(step, 'waitedMs') ?? 0} ms`}`,
  }
}

function passedBy(step: JsonObject): string {
  const more = readNumber(step, 'more')
  const passed = [namesIn(step, 'unmet'), namesIn(step, 'failed'), more === undefined ? '' : `${more} more`]
  return passed.filter((names) => names !== '').join('; ')
}

function namesIn(step: JsonObject, member: string): string {
  const names = readArray(step, member).filter((one) => typeof one === 'string')
  return names.length === 0 ? '' : `${member}: ${names.join(', ')}`
}

function besideLine(step: JsonObject): StepLine {
  const startedMs = readNumber(step, 'startedMs')
  const cost = readString(step, 'extraCostUsd')
  return {
    what: text(step, 'step'),
    target: text(step, 'winner'),
    reason: `${text(step, 'outcome')} ${text(step, 'reason')}`.trim(),
    detail:
      startedMs === undefined ? '' : `after ${startedMs} ms, ${inDollars(cost ?? '')} for those that lost`,
  }
}

/** Tells a step of a record, of whatever kind: a record of a version to come may hold others. */
export function tellStep(step: JsonObject): readonly StepLine[] {
  const what = text(step, 'step')
  return isStep(what) ? DECISION_STEPS[what].tell(step) : [{ what }]
}

function isStep(word: string): word is DecisionStep['step'] {
  return Object.hasOwn(DECISION_STEPS, word)
}

function aboutTarget(what: string, one: JsonObject): StepLine {
  return { what, target: text(one, 'target'), reason: text(one, 'reason'), detail: text(one, 'detail') }
}

function text(object: JsonObject, key: string): string {
  return readString(object, key) ?? ''
}
