import { isObject, readNumber, readObject, readObjects, readString, type JsonObject } from '../kit/json.ts'
import { parseUsd, showUsd } from '../kit/money.ts'
import { nearestNames } from '../kit/nearest.ts'
import { showSize } from '../kit/show-size.ts'
import { callAdmin } from './admin-call.ts'
import { UsageError, type ParsedArguments } from './arguments.ts'
import { OPPORTUNITY_FLAGS, tellOpportunity } from './cache-opportunity.ts'
import { EXIT, type Command, type CommandCall } from './command.ts'

const ACTIONS = ['show', 'purge', 'opportunity'] as const
/** Which answers are meant: flag by flag what the admin API takes. */
const FILTERS = ['key', 'owner', 'request', 'route', 'model', 'tag'] as const
const SHORT_KEY = 12
const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

/** Answers that are given again: asked of the gateway that runs, and told from its log where it is about what might be. */
export const cacheCommand: Command = {
  name: 'cache',
  usage: 'show | purge (--tag TAG | --route NAME | --owner team:ID | … | --all) | opportunity [ROUTE]',
  summary: 'Kept answers: what they saved, or would save, and what lies there; remove some.',
  examples: [
    'gatehouse cache show --since 7d',
    'gatehouse cache show --route support --limit 50',
    'gatehouse cache purge --tag faq',
    'gatehouse cache purge --owner customer:c-42',
    'gatehouse cache opportunity --since 7d --ttl 1d',
  ],
  flags: {
    key: { kind: 'text', value: 'DIGEST', help: 'The answer to one question, as `show --json` tells it.' },
    owner: {
      kind: 'text',
      value: 'OWNER',
      help: 'Those kept for an owner, or given it first: team:ID, customer:ID, …, shared.',
    },
    request: { kind: 'text', value: 'ID', help: 'The one that a request was given first.' },
    route: { kind: 'text', value: 'NAME', help: 'Those of a route.' },
    model: { kind: 'text', value: 'NAME', help: 'Those that a model gave.' },
    tag: { kind: 'text', value: 'TAG', help: 'Those with a tag.' },
    all: { kind: 'switch', help: 'purge: all of them.' },
    since: {
      kind: 'text',
      value: 'WHEN',
      help: 'Begin: 24h, 7d, 2026-11-01; default: 24h, and 30d for opportunity.',
    },
    limit: { kind: 'number', short: 'n', value: 'N', help: 'show: how many answers; default: 20.' },
    ...OPPORTUNITY_FLAGS,
  },
  positionals: 2,
  async run(call) {
    const [action = 'show', route] = call.arguments.positionals
    const known = ACTIONS.find((one) => one === action)
    if (known === undefined) {
      const [nearest = 'show'] = nearestNames(action, ACTIONS, 1)
      throw new UsageError(`There is no "cache ${action}". Did you mean "cache ${nearest}"?`)
    }
    if (known === 'opportunity') return await tellOpportunity(call, route)
    if (route !== undefined) throw new UsageError(`"${route}" is one word too many. Name a route by --route.`)
    return known === 'show' ? await show(call) : await purge(call)
  },
}

function filterOf(given: ParsedArguments): Readonly<Record<string, string>> {
  const filter: Record<string, string> = {}
  for (const name of FILTERS) {
    const value = given.text(name)
    if (value !== undefined) filter[name] = value
  }
  return filter
}

async function purge(call: CommandCall): Promise<number> {
  const { arguments: given, output } = call
  const filter = filterOf(given)
  const all = given.has('all')
  if (all === Object.keys(filter).length > 0)
    throw new UsageError(
      `Which answers? Say ${FILTERS.map((name) => `--${name}`).join(', ')}, or --all by itself.`,
    )
  const answer = await callAdmin(call, 'POST', {
    path: '/cache/purge',
    body: all ? { all: true } : { ...filter },
  })
  const removed = readNumber(answer, 'removed') ?? 0
  if (output.json) output.value(answer)
  else output.say(removed === 1 ? 'One answer was removed.' : `${removed} answers were removed.`)
  return EXIT.ok
}

async function show(call: CommandCall): Promise<number> {
  const { arguments: given, output, clock } = call
  const asked = new URLSearchParams({
    ...filterOf(given),
    from: given.text('since') ?? '24h',
    limit: String(given.number('limit') ?? 20),
  })
  const answer = await callAdmin(call, 'GET', { path: `/cache?${asked}` })
  if (output.json) {
    output.value(answer)
    return EXIT.ok
  }
  const routes = readObjects(answer, 'routes')
  output.say(summary(answer))
  if (routes.length === 0) {
    output.say('No route keeps answers. Write `cache: true` at one: docs/caching.md.')
    return EXIT.ok
  }
  output.table(
    ['ROUTE', 'HIT RATE', 'GIVEN AGAIN', 'MISSES', 'NOT LOOKED FOR', 'SAVED', 'ENTRIES', 'SIZE'],
    routes.map((route) => [
      said(route, 'route') + (route['keeps'] === true ? '' : ' (keeps none now)'),
      shareOf(route),
      String(givenAgain(route)),
      String(count(route, 'misses')),
      String(count(route, 'bypassed')),
      moneyOf(route, 'saved'),
      String(count(route, 'entries')),
      showSize(count(route, 'bytes')),
    ]),
  )
  const answers = readObjects(answer, 'data')
  if (answers.length > 0)
    output.table(
      ['QUESTION', 'ROUTE', 'FOR', 'TAGS', 'AGE', 'FOUND', 'HAD COST', 'SIZE'],
      answers.map((one) => [
        said(one, 'key').slice(0, SHORT_KEY),
        said(one, 'route'),
        said(one, 'owner'),
        (Array.isArray(one['tags']) ? one['tags'] : []).join(', '),
        ageOf(one, clock.nowMs()),
        String(count(one, 'hits')),
        moneyOf(one, 'cost'),
        showSize(count(one, 'bytes')),
      ]),
    )
  return EXIT.ok
}

function summary(answer: JsonObject): string {
  const { figures } = answer
  const did = isObject(figures) ? figures : {}
  const where = answer['disk'] === true ? 'kept over restarts' : 'in memory only'
  return (
    `${count(answer, 'entries')} answers, ${showSize(count(answer, 'bytes'))}, ${where}. ` +
    `Since ${said(answer, 'from')}: ${givenAgain(did)} given again (${shareOf(did)}), ${moneyOf(did, 'saved')} saved.`
  )
}

function said(object: JsonObject, key: string): string {
  return readString(object, key) ?? ''
}

function count(object: JsonObject, key: string): number {
  return readNumber(object, key) ?? 0
}

function givenAgain(figures: JsonObject): number {
  return ['hits', 'stale', 'coalesced', 'similar'].reduce((sum, key) => sum + count(figures, key), 0)
}

function shareOf(figures: JsonObject): string {
  const share = readNumber(figures, 'hit_rate')
  return share === undefined ? '-' : `${(share * 100).toFixed(1)} %`
}

function moneyOf(object: JsonObject, key: string): string {
  return showUsd(parseUsd(readString(readObject(object, key) ?? {}, 'usd') ?? '0') ?? 0n)
}

function ageOf(answer: JsonObject, nowMs: number): string {
  const ageMs = Math.max(0, nowMs - Date.parse(said(answer, 'at')))
  if (ageMs >= 2 * DAY_MS) return `${Math.floor(ageMs / DAY_MS)} d`
  if (ageMs >= 2 * HOUR_MS) return `${Math.floor(ageMs / HOUR_MS)} h`
  return `${Math.floor(ageMs / MINUTE_MS)} min`
}
