import { createKey, eachKey } from '../admin/create-key.ts'
import { AdminProblem } from '../admin/problem.ts'
import { keyStatus, toKeyJson } from '../admin/to-json.ts'
import type { Plan } from '../gateway/plan.ts'
import { defined } from '../kit/defined.ts'
import { isArray, type Json } from '../kit/json.ts'
import { showUsd } from '../kit/money.ts'
import { nearestNames } from '../kit/nearest.ts'
import { OPERATION_NAMES } from '../exchange/operations/all.ts'
import { mintKey } from '../exchange/virtual-key.ts'
import type { KeyRecord, KeyStore } from '../store/store.ts'
import { UsageError, type FlagSpecs, type ParsedArguments } from './arguments.ts'
import { CommandError, EXIT, type Command, type CommandCall } from './command.ts'
import { openInstallation, type Installation } from './installation.ts'
import { usablePlan } from './offline-plan.ts'

const ACTIONS = ['create', 'list', 'revoke'] as const

const FLAGS: FlagSpecs = {
  project: { kind: 'text', value: 'NAME', help: 'Project that the key belongs to.' },
  models: { kind: 'list', value: 'PATTERN', help: 'Models it may use, for example openai/*; default: all.' },
  endpoints: {
    kind: 'list',
    value: 'NAME',
    help: `What it may be used for: ${OPERATION_NAMES.join(', ')}; default: all.`,
  },
  rpm: { kind: 'text', value: 'N', help: 'Requests per minute.' },
  tpm: { kind: 'text', value: 'N', help: 'Tokens per minute, for example 200k.' },
  concurrent: { kind: 'text', value: 'N', help: 'Requests at the same time.' },
  budget: {
    kind: 'list',
    value: 'USD/WINDOW',
    help: 'Budget, for example 5/day or 100/month; may be repeated.',
  },
  only: {
    kind: 'list',
    value: 'WORD=VALUE',
    help: 'What every target must fulfil: region=eu, retention=zero, data_policy=no-training, providers=NAME, tags=NAME; may be repeated.',
  },
  queue: {
    kind: 'text',
    value: 'MAX/WAIT',
    help: 'Requests wait where its limits are reached, for example 20/30s.',
  },
  expires: { kind: 'text', value: 'DATE', help: 'Last day of its life, for example 2027-06-30.' },
  allow: { kind: 'list', value: 'OPTION', help: 'What it may ask for per request: tags, session, strict, …' },
  env: { kind: 'text', value: 'NAME', help: 'Word in the key that says where it is used; default: live.' },
  offline: { kind: 'switch', help: 'Only make a key to be declared in the file; nothing is stored.' },
  all: { kind: 'switch', help: 'List revoked and expired keys too.' },
}

/** Keys: make, list, revoke. A running gateway knows of a change within a second. */
export const keysCommand: Command = {
  name: 'keys',
  usage: 'create NAME | list | revoke ID-OR-NAME',
  summary: 'Make, list and revoke keys.',
  examples: [
    'gatehouse keys create helpdesk --models smart,openai/* --budget 5/day --rpm 60',
    'gatehouse keys list',
    'gatehouse keys revoke helpdesk',
  ],
  flags: FLAGS,
  positionals: 2,
  async run(call) {
    const [action, subject] = call.arguments.positionals
    if (action === 'create' && call.arguments.has('offline')) return makeOffline(call)
    if (action === 'create') return withInstallation(call, 'write', (here) => create(call, here, subject))
    if (action === 'revoke') return withInstallation(call, 'write', (here) => revoke(call, here, subject))
    if (action === 'list' || action === undefined)
      return withInstallation(call, 'read', (here) => list(call, here))
    const [nearest] = nearestNames(action, ACTIONS, 1)
    throw new UsageError(
      `There is no "keys ${action}". ${nearest === undefined ? `Known: ${ACTIONS.join(', ')}.` : `Did you mean "keys ${nearest}"?`}`,
    )
  },
}

async function withInstallation(
  call: CommandCall,
  use: 'read' | 'write',
  work: (installation: Installation) => Promise<number>,
): Promise<number> {
  const installation = await openInstallation(call, use)
  try {
    return await work(installation)
  } finally {
    await installation.close()
  }
}

function makeOffline({ arguments: given, random, output }: CommandCall): number {
  const environment = environmentOf(given)
  const { id, text } = mintKey({ environment, random, hmac: () => '' })
  if (output.json) {
    output.value({ id, key: text.reveal() })
    return EXIT.ok
  }
  output.say(
    'Nothing is stored. Put the key into the environment and declare it in the file with value: env:NAME.',
  )
  output.line(text.reveal())
  return EXIT.ok
}

async function create(
  call: CommandCall,
  { store, mint, paths, projects }: Installation,
  name: string | undefined,
): Promise<number> {
  const { arguments: given, output, clock } = call
  if (name === undefined) throw new UsageError('A key needs a name: gatehouse keys create NAME')
  const environment = environmentOf(given)
  if (projects === undefined) {
    throw new CommandError(EXIT.usage, `${paths.configFile} has mistakes; see: gatehouse check`)
  }
  const { record, key } = await createKey(keyBody(name, given), {
    keys: store.keys,
    mint: () => mint(environment),
    nowMs: () => clock.nowMs(),
    projects,
    ...defined({ onlyProblems: await onlyProblemsOf(call) }),
  }).catch(explainProblem)
  if (output.json) {
    output.value({ ...toKeyJson(record, 'api', clock.nowMs()), key: key.reveal() })
    return EXIT.ok
  }
  output.line(key.reveal())
  output.say(`Key ${record.name} (${record.id}) was made. It is shown this once.`)
  return EXIT.ok
}

/** What can be wanted of targets is known to a plan; to make one takes longer than most keys need. */
async function onlyProblemsOf(call: CommandCall): Promise<Plan['onlyProblems']> {
  return call.arguments.has('only') ? (await usablePlan(call)).onlyProblems : undefined
}

function environmentOf(given: ParsedArguments): string {
  const environment = given.text('env') ?? 'live'
  if (/^[a-z0-9]{1,16}$/.test(environment)) return environment
  throw new UsageError('--env takes up to 16 lower-case letters and digits.')
}

/** The flags as the body that the admin API takes, so that both are checked by the same schema. */
function keyBody(name: string, given: ParsedArguments): Json {
  const body: Record<string, Json> = { name }
  for (const field of ['project', 'rpm', 'tpm', 'concurrent', 'expires']) {
    const value = given.text(field)
    if (value !== undefined) body[field] = value
  }
  for (const field of ['models', 'endpoints', 'allow']) {
    if (given.has(field)) body[field] = given.list(field)
  }
  const queue = given.text('queue')
  if (queue !== undefined) body['queue'] = toQueue(queue)
  if (given.has('only')) body['only'] = toOnly(given.list('only'))
  if (given.has('budget')) body['budgets'] = given.list('budget').map(toBudget)
  return body
}

function toQueue(text: string): Json {
  const [max = '', wait = ''] = text.split('/')
  if (!/^\d{1,9}$/.test(max) || wait === '')
    throw new UsageError(`--queue takes MAX/WAIT such as 20/30s, not "${text}".`)
  return { max: Number(max), wait }
}

/** Of these there may be several; a word that is none is refused with the nearest by whoever checks the body. */
const LISTS: readonly string[] = ['region', 'providers', 'tags']

function toOnly(texts: readonly string[]): Json {
  const only: Record<string, Json> = {}
  for (const text of texts) {
    const [word = '', ...rest] = text.split('=')
    const value = rest.join('=')
    if (word === '' || value === '')
      throw new UsageError(`--only takes WORD=VALUE such as region=eu, not "${text}".`)
    const before = only[word]
    only[word] = LISTS.includes(word) ? [...(isArray(before) ? before : []), value] : value
  }
  return only
}

function toBudget(text: string): Json {
  const [usd = '', per = ''] = text.split('/')
  if (usd === '' || per === '')
    throw new UsageError(`--budget takes USD/WINDOW such as 5/day, not "${text}".`)
  return { usd, per }
}

function explainProblem(thrown: unknown): never {
  if (!(thrown instanceof AdminProblem)) throw thrown
  const lines = (thrown.facts.errors ?? []).map(({ path, message, hint }) =>
    `${path}: ${message}. ${hint ?? ''}`.trim(),
  )
  throw new UsageError(lines.length === 0 ? thrown.message : lines.join('\n'))
}

async function list(
  { arguments: given, output, clock }: CommandCall,
  { store }: Installation,
): Promise<number> {
  const nowMs = clock.nowMs()
  const keys = await Array.fromAsync(eachKey(store.keys))
  const shown = keys.filter((key) => given.has('all') || keyStatus(key, nowMs) === 'active')
  if (output.json) {
    output.value({ data: shown.map((key) => toKeyJson(key, 'api', nowMs)) })
    return EXIT.ok
  }
  if (shown.length === 0) {
    output.say('There are no keys. Make one with: gatehouse keys create NAME')
    return EXIT.ok
  }
  output.table(
    ['NAME', 'ID', 'STATUS', 'PROJECT', 'MODELS', 'LIMITS', 'BUDGETS', 'CREATED'],
    shown.map((key) => [
      key.name,
      key.id,
      keyStatus(key, nowMs),
      key.project ?? '-',
      key.models?.join(' ') ?? 'all',
      limitsText(key),
      key.budgets.map(({ window, limitNanoUsd }) => `${showUsd(limitNanoUsd)}/${window}`).join(' ') || '-',
      new Date(key.createdAtMs).toISOString().slice(0, 10),
    ]),
  )
  return EXIT.ok
}

function limitsText({ limits }: KeyRecord): string {
  const parts = [
    limits.requestsPerMinute === undefined ? [] : [`${limits.requestsPerMinute} rpm`],
    limits.tokensPerMinute === undefined ? [] : [`${limits.tokensPerMinute} tpm`],
    limits.parallelRequests === undefined ? [] : [`${limits.parallelRequests} at once`],
  ].flat()
  return parts.join(', ') || '-'
}

async function revoke(
  { output, clock }: CommandCall,
  { store }: Installation,
  wanted: string | undefined,
): Promise<number> {
  if (wanted === undefined) throw new UsageError('Which one? gatehouse keys revoke ID-OR-NAME')
  const key = (await store.keys.find(wanted)) ?? (await findByName(wanted, store.keys))
  await store.keys.revoke(key.id, clock.nowMs())
  if (output.json) output.value({ id: key.id, name: key.name, status: 'revoked' })
  else output.line(`${key.name} (${key.id}) is revoked.`)
  return EXIT.ok
}

/** The one key of a name that is not revoked. Which of several is meant nobody can guess. */
async function findByName(wanted: string, keys: KeyStore): Promise<KeyRecord> {
  const all = await Array.fromAsync(eachKey(keys))
  const active = all.filter((key) => key.revokedAtMs === undefined)
  const [found, ...others] = active.filter(({ name }) => name === wanted)
  if (found === undefined) throw unknownKey(wanted, active)
  if (others.length === 0) return found
  const ids = [found, ...others].map(({ id }) => id).join(', ')
  throw new CommandError(
    EXIT.failed,
    `${others.length + 1} keys are called ${wanted}. Name one by its id: ${ids}.`,
  )
}

function unknownKey(wanted: string, known: readonly KeyRecord[]): CommandError {
  const [nearest] = nearestNames(
    wanted,
    known.flatMap(({ id, name }) => [name, id]),
    1,
  )
  const hint = nearest === undefined ? 'See: gatehouse keys list' : `Did you mean ${nearest}?`
  return new CommandError(EXIT.notFound, `There is no key ${wanted}. ${hint}`)
}
