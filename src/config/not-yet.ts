import { formatPath, type PathStep } from './problems.ts'

/**
 * Names of the file format that this version knows of but cannot act on. They are refused by name, so that nobody
 * believes a cache or a tenant to be at work. `*` stands for any step of the path.
 */
const KEYS: Readonly<Record<string, readonly string[]>> = {
  '': ['budgets', 'channels', 'experiments', 'identity', 'include', 'secrets', 'teams'],
  server: ['public_url', 'trust_proxy'],
  store: ['shared'],
  'providers.*': ['auth', 'price', 'tags'],
  'providers.*.keys.*': ['itpm', 'only_when'],
  'routes.*': ['expose', 'logs', 'quality', 'set'],
  'routes.*.match': ['app', 'env', 'team'],
  'routes.*.targets.*': ['set', 'when'],
  'projects.*': ['tags', 'team'],
  'keys.*': ['app', 'env', 'require_tags', 'routes', 'team'],
  logs: ['legal_hold', 'retention'],
}

/** Names that are looked for in one place and stand in another. */
const ELSEWHERE: Readonly<Record<string, Readonly<Record<string, string | undefined>> | undefined>> = {
  'routes.*': {
    guardrails: 'They stand in the section guardrails, each with the routes that it holds for.',
    semantic: 'It stands inside of cache: cache: { semantic: … }.',
  },
  logs: { restore: 'It stands inside of content: logs: { content: { restore: … } }.' },
}

/** Where the key at `path` belongs, in words, when it is known to belong elsewhere. */
export function elsewhere(path: readonly PathStep[]): string | undefined {
  const key = String(path.at(-1) ?? '')
  const found = Object.entries(ELSEWHERE).find(([pattern]) => matches(pattern, path.slice(0, -1)))
  return found?.[1]?.[key]
}

const VALUES: Readonly<Record<string, readonly string[]>> = {}

/** True when the key at `path` belongs to a later version of the gateway. */
export function isKeyNotYet(path: readonly PathStep[]): boolean {
  const key = String(path.at(-1) ?? '')
  return Object.entries(KEYS).some(
    ([pattern, keys]) => matches(pattern, path.slice(0, -1)) && keys.includes(key),
  )
}

/** True when the value at `path` belongs to a later version of the gateway. */
export function isValueNotYet(path: readonly PathStep[], value: unknown): boolean {
  return Object.entries(VALUES).some(
    ([pattern, values]) => matches(pattern, path) && typeof value === 'string' && values.includes(value),
  )
}

/** Compares a path with a dotted pattern. */
function matches(pattern: string, path: readonly PathStep[]): boolean {
  const steps = pattern === '' ? [] : pattern.split('.')
  return (
    steps.length === path.length && steps.every((step, index) => step === '*' || step === String(path[index]))
  )
}

/** Keys that hold secrets: their values are never shown. */
const SECRET_PATTERNS = [
  'server.admin_token',
  'providers.*',
  'providers.*.key',
  'providers.*.keys.*.value',
  'providers.*.headers.*',
  'telemetry.otlp.headers.*',
  'telemetry.sinks.*.clickhouse.user',
  'telemetry.sinks.*.s3.session_token',
  'telemetry.sinks.*.webhook.headers.*',
  'alerts.channels.*.url',
  'keys.*.value',
]

/** True when the file format keeps a secret at `path`. */
export function isKnownSecretPath(path: readonly PathStep[]): boolean {
  return SECRET_PATTERNS.some((pattern) => matches(pattern, path))
}

/** True when what stands at `path` may be a secret. */
export function isSecretPath(path: readonly PathStep[]): boolean {
  return isKnownSecretPath(path) || /(key|token|secret|password)s?$/i.test(formatPath(path))
}

/** True for words that clients are told as they stand: nothing of this machine may get into them. */
export function isToldPath(path: readonly PathStep[]): boolean {
  return matches('routes.*.steps.*.refuse', path) || matches('guardrails.*.message', path)
}
