import { OPERATION_NAMES } from '../exchange/operations/all.ts'
import { isArray, type Json } from '../kit/json.ts'
import { UsageError, type FlagSpecs, type ParsedArguments } from './arguments.ts'

export const KEY_FLAGS: FlagSpecs = {
  project: { kind: 'text', value: 'NAME', help: 'Project that the key belongs to.' },
  models: { kind: 'list', value: 'PATTERN', help: 'Models it may use, for example sim/*; default: all.' },
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
  addresses: {
    kind: 'list',
    value: 'NETWORK',
    help: 'Where it may be sent from: addresses and networks, for example 10.0.0.0/8; may be repeated.',
  },
  expires: { kind: 'text', value: 'DATE', help: 'Last day of its life, for example 2027-06-30.' },
  allow: { kind: 'list', value: 'OPTION', help: 'What it may ask for per request: tags, session, strict, …' },
  env: { kind: 'text', value: 'NAME', help: 'Word in the key that says where it is used; default: live.' },
  name: { kind: 'text', value: 'NAME', help: 'Edit: how it is called from now on.' },
  overlap: {
    kind: 'text',
    value: 'TIME',
    help: 'Rotate: for how long the present secret is still taken, for example 7d, or 0s; default: 24h.',
  },
  by: { kind: 'text', value: 'NAME', help: 'Who does it. It is kept.' },
  offline: { kind: 'switch', help: 'Only make a key to be declared in the file; nothing is stored.' },
  all: { kind: 'switch', help: 'List revoked and expired keys too.' },
}

const TEXTS = ['project', 'rpm', 'tpm', 'concurrent', 'expires'] as const
const TEXT_LISTS = ['models', 'endpoints', 'allow', 'addresses'] as const
const WORDS = [...TEXTS, ...TEXT_LISTS, 'queue', 'only', 'budget']

/** What is said to take a limit or a restriction away. */
const NONE = 'none'

/** The words that flags take away from a key. */
export function takenAway(given: ParsedArguments): readonly string[] {
  return WORDS.filter((word) => isNone(word, given)).map((word) => (word === 'budget' ? 'budgets' : word))
}

function isNone(word: string, given: ParsedArguments): boolean {
  if (!given.has(word)) return false
  const said = KEY_FLAGS[word]?.kind === 'list' ? given.list(word) : [given.text(word)]
  return said.length === 1 && said[0] === NONE
}

/** The flags as the body that the admin API takes, so that both are checked by the same schema. */
export function keyBody(name: string, given: ParsedArguments): Record<string, Json> {
  const body: Record<string, Json> = { name }
  const isSaid = (word: string): boolean => given.has(word) && !isNone(word, given)
  for (const field of TEXTS) if (isSaid(field)) body[field] = given.text(field) ?? ''
  for (const field of TEXT_LISTS) if (isSaid(field)) body[field] = given.list(field)
  if (isSaid('queue')) body['queue'] = toQueue(given.text('queue') ?? '')
  if (isSaid('only')) body['only'] = toOnly(given.list('only'))
  if (isSaid('budget')) body['budgets'] = given.list('budget').map(toBudget)
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

/** The word in a key that says where it is used. */
export function environmentOf(given: ParsedArguments): string {
  const environment = given.text('env') ?? 'live'
  if (/^[a-z0-9]{1,16}$/.test(environment)) return environment
  throw new UsageError('--env takes up to 16 lower-case letters and digits.')
}
