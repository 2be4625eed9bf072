import { defined } from '../kit/defined.ts'
import { formatUsd } from '../kit/money.ts'
import type { Breach, Move, Spend, Unknown, Unroutable, WhatIfTally } from './what-if-tally.ts'

const MOST_EXAMPLES = 5
const PER_CENT = 100

/** What was found, as the command and the admin API tell it. Money is decimal text, shares are 0 to 1. */
export function toWhatIfJson(tally: WhatIfTally) {
  const { requests, skipped, unchanged, moved, routable, unpriced, real, simulated } = tally
  const decided = requests - skipped.asked - skipped.undecided
  return {
    requests,
    ...defined({ from: toTime(tally.firstAtMs), to: toTime(tally.lastAtMs) }),
    asked_by_the_gateway: skipped.asked,
    not_decided: skipped.undecided,
    unknown: tally.unknown.map(toUnknownJson),
    unchanged,
    moved,
    moves: tally.moves.map((move) => toMoveJson(move, decided)),
    cost: { ...toSpendJson(real), unpriced_requests: unpriced },
    ...(hasAny(simulated) && { simulated_cost: toSpendJson(simulated) }),
    newly_routable: routable,
    newly_unroutable: tally.unroutable.map(toUnroutableJson),
    constraints_broken: tally.breaches.map(toBreachJson),
    examples: examplesOf(tally),
  }
}

function toTime(unixMs: number | undefined): string | undefined {
  return unixMs === undefined ? undefined : new Date(unixMs).toISOString()
}

function toUnknownJson({ what, requests, example }: Unknown) {
  return { what, requests, example }
}

function toMoveJson(move: Move, decided: number) {
  const { from, to, requests, real, simulated, unpriced, fromMs, toMs, example } = move
  return {
    from,
    to,
    requests,
    share: rounded(requests / decided),
    cost: toSpendJson(real),
    ...(hasAny(simulated) && { simulated_cost: toSpendJson(simulated) }),
    unpriced_requests: unpriced,
    ...defined({ first_event_ms_recorded: whole(fromMs), first_event_ms_expected: whole(toMs) }),
    example,
  }
}

function toUnroutableJson({ code, message, requests, example }: Unroutable) {
  return { code, requests, example, message }
}

function toBreachJson({ by, text, target, requests, example }: Breach) {
  return { by, wants: text, target, requests, example }
}

function toSpendJson({ recorded, expected }: Spend) {
  return {
    recorded_usd: usd(recorded),
    expected_usd: usd(expected),
    difference_usd: usd(expected - recorded),
    ...defined({ difference_percent: percentOf({ recorded, expected }) }),
  }
}

function hasAny({ recorded, expected }: Spend): boolean {
  return recorded !== 0 || expected !== 0
}

/** By how much more is spent, in per cent; undefined where nothing was, so that there is nothing to compare with. */
export function percentOf({ recorded, expected }: Spend): number | undefined {
  return recorded === 0 ? undefined : rounded(((expected - recorded) / recorded) * PER_CENT)
}

function usd(nanoUsd: number): string {
  return formatUsd(BigInt(Math.round(nanoUsd)))
}

function rounded(number: number): number {
  return Math.round(number * 1e4) / 1e4
}

function whole(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : Math.round(ms)
}

/** Requests worth a look: of each kind one, the worst kinds first. */
function examplesOf({ breaches, unroutable, moves }: WhatIfTally): readonly string[] {
  const all = [...breaches, ...unroutable, ...moves].map(({ example }) => example)
  return [...new Set(all)].slice(0, MOST_EXAMPLES)
}
