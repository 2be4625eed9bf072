import { Secret } from '../kit/secret.ts'
import type { Environment } from './interpolate.ts'
import { sinkSecrets } from './sink-secrets.ts'
import { HIDDEN_VALUE, type PathStep, type ProblemDraft } from './problems.ts'
import type { Config } from './schema.ts'

/** Where secrets come from. */
export interface SecretSources {
  readonly environment: Environment
  /** The text of a file, or undefined when it cannot be read. Relative paths start at the configuration file. */
  readonly readText: (path: string) => string | undefined
  /** Plain-text secrets are errors instead of warnings. */
  readonly strict: boolean
  /** Absent: none are stored. */
  readonly stored?: StoredSecrets
  /** True for what the file does not say; absent: it says everything. */
  readonly isManaged?: (path: readonly PathStep[]) => boolean
}

/** Gives a secret that the store keeps, by its name. */
export type StoredSecrets = (name: string) => Secret | undefined

/** The secrets of a configuration by the reference that stands in it. */
export type SecretsByReference = ReadonlyMap<string, Secret>

const STORED = 'stored:'

/** No header can carry these. */
const CONTROLS = /\p{Cc}/u

/** Channels whose address alone lets nobody in. */
const HAS_PLAIN_ADDRESS: ReadonlySet<string> = new Set(['webhook', 'pagerduty'])

interface SecretUse {
  readonly path: readonly PathStep[]
  readonly reference: string
  /** A header may be plain text, a key should not. */
  readonly mayBePlain: boolean
  /** What nobody will use may be missing. */
  readonly optional: boolean
}

/** Resolves every secret that a configuration refers to. Missing and plain-text ones are reported; values never are. */
export function resolveSecrets(
  config: Config,
  sources: SecretSources,
): { readonly secrets: SecretsByReference; readonly drafts: readonly ProblemDraft[] } {
  const secrets = new Map<string, Secret>()
  const drafts: ProblemDraft[] = []
  for (const use of secretUses(config)) {
    const resolved = resolve(use, sources)
    if (typeof resolved === 'string') {
      if (!use.optional) drafts.push({ path: use.path, message: resolved, ...missingHint(use, sources) })
      continue
    }
    secrets.set(use.reference, resolved)
    if (!isReference(use.reference) && !use.mayBePlain) drafts.push(plainText(use.path, sources.strict))
  }
  return { secrets, drafts }
}

/** True for `env:NAME`, `file:/path` and `stored:NAME`. */
export function isReference(text: string): boolean {
  return /^(env|file|stored):/.test(text)
}

/** The secret, or what is wrong with the reference. */
function resolve({ path, reference }: SecretUse, sources: SecretSources): Secret | string {
  // Whoever writes what is managed does not hold the machine: its secrets would go where they say.
  if (/^(env|file):/.test(reference) && sources.isManaged?.(path) === true)
    return '`env:` and `file:` are read for the file alone'
  const found = find(reference, sources)
  // A key with a comment in the line below it, for example: nothing of it could be sent.
  if (typeof found === 'string' || !CONTROLS.test(found.reveal())) return found
  const place = isReference(reference) ? reference.replace(/^env:/, 'the environment variable ') : 'the value'
  const where = place.replace(/^file:/, 'the file ').replace(/^stored:/, 'the stored secret ')
  return `${where} holds a line break or another control character`
}

function find(reference: string, { environment, readText, stored }: SecretSources): Secret | string {
  if (reference.startsWith(STORED)) {
    const name = reference.slice(STORED.length)
    return stored?.(name) ?? `no secret called ${name} is stored`
  }
  if (reference.startsWith('env:')) {
    const name = reference.slice('env:'.length)
    if (!/^\S+$/.test(name)) return 'expected the name of an environment variable behind env:, without blanks'
    const value = environment[name]?.trim()
    return value === undefined || value === ''
      ? `the environment variable ${name} is not set`
      : new Secret(value)
  }
  if (reference.startsWith('file:')) {
    const path = reference.slice('file:'.length)
    const text = readText(path)?.trim()
    return text === undefined || text === '' ? `the file ${path} is missing or empty` : new Secret(text)
  }
  const scheme = /^(cmd|vault|aws-sm|gcp-sm|azure-kv):/.exec(reference)?.[1]
  if (scheme !== undefined) return `\`${scheme}:\` references are not supported yet`
  return new Secret(reference)
}

function missingHint({ path, reference }: SecretUse, { isManaged }: SecretSources): { hint?: string } {
  if (reference.startsWith(STORED))
    return { hint: `Store it: gatehouse config secret set ${reference.slice(STORED.length)}.` }
  if (isManaged?.(path) === true)
    return { hint: 'Store it with `gatehouse config secret set NAME`, and write stored:NAME.' }
  if (!/^env:\S+$/.test(reference)) return {}
  const instead = path[0] === 'providers' ? ', or take the provider out with enabled: false' : ''
  return { hint: `Set ${reference.slice('env:'.length)}${instead}.` }
}

function plainText(path: readonly PathStep[], strict: boolean): ProblemDraft {
  return {
    path,
    severity: strict ? 'error' : 'warning',
    message: 'a secret stands here in plain text',
    value: HIDDEN_VALUE,
    hint: 'Put it into the environment and write env:NAME, into a file and write file:/path, or store it and write stored:NAME.',
  }
}

function secretUses(config: Config): SecretUse[] {
  const uses: SecretUse[] = []
  const add = (
    path: readonly PathStep[],
    reference: string | undefined,
    { mayBePlain = false, optional = false } = {},
  ): void => {
    if (reference !== undefined) uses.push({ path, reference, mayBePlain, optional })
  }
  add(['server', 'admin_token'], config.server.admin_token)
  for (const [name, provider] of Object.entries(config.providers ?? {})) {
    const path = ['providers', name]
    const optional = !provider.enabled
    add([...path, 'key'], provider.key, { optional })
    provider.keys?.forEach((key, index) => add([...path, 'keys', index, 'value'], key.value, { optional }))
    for (const [header, value] of Object.entries(provider.headers ?? {})) {
      add([...path, 'headers', header], value, { mayBePlain: true, optional })
    }
  }
  for (const [header, value] of Object.entries(config.telemetry.otlp?.headers ?? {})) {
    add(['telemetry', 'otlp', 'headers', header], value)
  }
  for (const use of sinkSecrets(config)) add(use.path, use.reference)
  for (const [name, channel] of Object.entries(config.alerts.channels)) {
    const path = ['alerts', 'channels', name]
    add([...path, 'url'], channel.url, { mayBePlain: HAS_PLAIN_ADDRESS.has(channel.type) })
    add([...path, 'secret'], channel.secret)
    add([...path, 'routing_key'], channel.routing_key)
    add([...path, 'password'], channel.password)
  }
  for (const [name, { watches }] of Object.entries(config.guardrails))
    for (const { path, reference } of watches.secrets)
      add(['guardrails', name, watches.kind, ...path], reference)
  config.keys.forEach((key, index) => add(['keys', index, 'value'], key.value))
  return uses
}
