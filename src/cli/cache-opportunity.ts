import { toOpportunityJson } from '../admin/cache-opportunity.ts'
import { CACHE_SCOPES, DEFAULT_CACHE, type CacheScope } from '../exchange/cache.ts'
import type { RouteOpportunity, WouldSave } from '../insight/opportunity-tally.ts'
import { CACHE_ADVICE, type CacheAdvice } from '../insight/cache-advice.ts'
import { readOpportunity, type Opportunity } from '../insight/read-opportunity.ts'
import { defined } from '../kit/defined.ts'
import { parseDuration } from '../kit/duration.ts'
import { LIMITS } from '../kit/limits.ts'
import { showUsd } from '../kit/money.ts'
import { nearestNames } from '../kit/nearest.ts'
import { UsageError, type FlagSpecs, type ParsedArguments } from './arguments.ts'
import { EXIT, type CommandCall } from './command.ts'
import { openInstallation } from './installation.ts'
import { readPeriod } from './period.ts'

/** The flags of `cache opportunity`, besides `since`. */
export const OPPORTUNITY_FLAGS: FlagSpecs = {
  ttl: {
    kind: 'text',
    value: 'TIME',
    help: 'opportunity: how long an answer would be given again; default: 1h.',
  },
  scope: {
    kind: 'text',
    value: 'SCOPE',
    help: `opportunity: who would share answers; default: ${DEFAULT_CACHE.scope}.`,
  },
}

/** Tells what a cache would have saved, before anybody turns it on. */
export async function tellOpportunity(call: CommandCall, route: string | undefined): Promise<number> {
  const { output, arguments: given, clock } = call
  const period = readPeriod(given, clock.nowMs())
  const terms = { ttlMs: readTtl(given), scope: readScope(given) }
  const { store, close } = await openInstallation(call, 'read')
  try {
    const scope = { ...period, last: LIMITS.opportunityRequests, ...defined({ route }) }
    const found = await readOpportunity(store, scope, { terms })
    if (output.json) output.value(toOpportunityJson(found, { ...period, ...terms }))
    else if (found.routes.length === 0) output.say(nothingKept(route))
    else tellRoutes(found, output)
    return EXIT.ok
  } finally {
    await close()
  }
}

function nothingKept(route: string | undefined): string {
  const where = route === undefined ? '' : ` on "${route}"`
  return `Nothing of what was said${where} is kept of this time, so it cannot be told what was asked twice. Keep it for a day: logs: { content: redacted }.`
}

function tellRoutes({ routes, requests, isPartial }: Opportunity, output: CommandCall['output']): void {
  output.table(
    ['ROUTE', 'REQUESTS', 'EXACT', 'SAVES', 'SAMPLED', 'SAVES', 'SIMILAR', 'SAVES', 'NEVER', 'ADVICE'],
    routes.map(cells),
  )
  if (isPartial) output.say(`These are the newest ${requests} of the time.`)
  if (routes.some(({ redacted }) => redacted > 0)) output.say(REDACTED)
  const said = new Set(routes.map(({ advice }) => advice.word))
  for (const word of CACHE_ADVICE) if (said.has(word)) output.say(`${word}: ${MEANINGS[word]}`)
}

const REDACTED =
  'Where content is redacted, requests that differ in a masked value only count as the same: it is this much at most.'

const MEANINGS: Readonly<Record<CacheAdvice['word'], string>> = {
  exact: 'write `cache: true` at the route.',
  'exact+sampled': 'write `cache: { sampled: true }`, if whoever asks again may have the same answer again.',
  similar:
    'write `cache: { semantic: … }`: at most this much, and audits must earn it (docs/semantic-cache.md).',
  nothing: 'hardly anything is asked twice in time.',
  not: 'keep the cache off here, for the reason that is named.',
}

function cells(told: RouteOpportunity): readonly string[] {
  const { route, requests, exact, sampled, similar, unfit, neverSimilar, advice } = told
  const never = Object.entries({ ...unfit, ...neverSimilar }).map(([why, count]) => `${why} ${count}`)
  return [
    route,
    String(requests),
    ...[exact, sampled, similar].flatMap((one) => [shareText(one, requests), moneyText(one)]),
    never.length === 0 ? '-' : never.join(', '),
    adviceText(advice),
  ]
}

function adviceText({ word, reason, share = 0 }: CacheAdvice): string {
  if (word === 'similar') return 'similar (audits must earn it)'
  return reason === undefined ? word : `${word}: ${reason} (${percentText(share)})`
}

function percentText(share: number): string {
  return `${Math.round(100 * share)} %`
}

function shareText({ requests }: WouldSave, of: number): string {
  return requests === 0 ? '-' : `${requests} (${percentText(requests / of)})`
}

function moneyText({ requests, savedNanoUsd, simulatedSavedNanoUsd }: WouldSave): string {
  if (requests === 0) return '-'
  const simulated = simulatedSavedNanoUsd === 0n ? '' : `${showUsd(simulatedSavedNanoUsd)} simulated`
  return savedNanoUsd === 0n && simulated !== ''
    ? simulated
    : [showUsd(savedNanoUsd), simulated].filter(Boolean).join(', ')
}

function readTtl(given: ParsedArguments): number {
  const text = given.text('ttl')
  const ms = text === undefined ? DEFAULT_CACHE.ttlMs : parseDuration(text)
  if (ms === undefined || ms <= 0) throw new UsageError(`--ttl ${text} is no time such as 10m or 24h.`)
  return ms
}

function readScope(given: ParsedArguments): CacheScope {
  const text = given.text('scope')
  if (text === undefined) return DEFAULT_CACHE.scope
  const scope = CACHE_SCOPES.find((one) => one === text)
  if (scope !== undefined) return scope
  const [nearest = DEFAULT_CACHE.scope] = nearestNames(text, CACHE_SCOPES, 1)
  throw new UsageError(`There is no scope "${text}". Did you mean "${nearest}"?`)
}
