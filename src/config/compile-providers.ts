import type { CancelBilling, Credential, Quirks, Target, Timeouts } from '../exchange/target.ts'
import { OPERATION_NAMES } from '../exchange/operations/all.ts'
import { nearestNames } from '../kit/nearest.ts'
import type { DetectedProvider } from '../providers/detect.ts'
import type { ProviderDefinition } from '../providers/provider.ts'
import type { Environment } from './interpolate.ts'
import type { ProblemDraft } from './problems.ts'
import { credentialsOf, type CredentialSources, type Refused } from './provider-credentials.ts'
import type { BreakerConfig, ConcurrentConfig } from './schema/guards.ts'
import type { ProviderConfig } from './schema/providers.ts'
import { isReference, type SecretsByReference } from './secrets.ts'
import { defined } from '../kit/defined.ts'

/** All models of a provider that is known to have no others. */
export interface Catalogue {
  readonly models: readonly string[]
  /** The one of them that a name means, without what clients may write behind it. */
  plainName(model: string): string
}

/** A provider that was found without being declared; the simulator comes with the settings that boot knows. */
export interface FoundProvider extends DetectedProvider {
  readonly settings?: Readonly<Record<string, string>>
  /** Absent: it may have models that nobody here knows of. */
  readonly catalogue?: Catalogue
}

/** A provider with everything that its targets share. */
export interface ProviderSetup {
  /** The name in `provider/model`. */
  readonly name: string
  readonly definition: ProviderDefinition
  readonly credentials: readonly Credential[]
  readonly baseUrl?: string
  readonly region?: string
  /** Values for `{name}` parts of addresses. */
  readonly settings: Readonly<Record<string, string>>
  readonly retentionMs?: number
  readonly dataPolicy?: NonNullable<Target['dataPolicy']>
  readonly tags?: readonly string[]
  readonly timeouts?: Partial<Timeouts>
  readonly quirks?: Quirks
  readonly incidentDomain?: string
  readonly cancelled?: CancelBilling
  readonly breaker?: BreakerConfig
  readonly concurrent?: ConcurrentConfig
  readonly from: string
  readonly models: readonly string[]
  readonly catalogue?: Catalogue
}

/** What providers are made from. */
export interface ProviderSources extends CredentialSources {
  readonly definitions: readonly ProviderDefinition[]
  readonly environment: Environment
  readonly found: readonly FoundProvider[]
  /** Those that were found stay, whoever is declared beside them. */
  readonly keepsFound: boolean
}

export interface ProviderSetups {
  /** Enabled providers in the order of the file, or of discovery. */
  readonly setups: ReadonlyMap<string, ProviderSetup>
  /** Declared and switched off: targets that name them are left out instead of being errors. */
  readonly disabled: ReadonlySet<string>
  /** Declared with mistakes, which are reported once and not again by everything that names them. */
  readonly broken: ReadonlySet<string>
  readonly drafts: readonly ProblemDraft[]
}

/** Sets up the declared providers, or those that were found when the file declares none. */
export function setUpProviders(
  declared: Readonly<Record<string, ProviderConfig>> | undefined,
  sources: ProviderSources,
): ProviderSetups {
  if (declared === undefined)
    return { setups: foundSetups(sources), disabled: new Set(), broken: new Set(), drafts: [] }
  const setups = sources.keepsFound ? foundSetups(sources) : new Map<string, ProviderSetup>()
  const disabled = new Set<string>()
  const broken = new Set<string>()
  const drafts: ProblemDraft[] = []
  for (const [name, entry] of Object.entries(declared)) {
    // One that is declared takes the place of the one that was found.
    setups.delete(name)
    if (!entry.enabled) {
      disabled.add(name)
      continue
    }
    const setup = setUpProvider(name, entry, sources)
    if ('drafts' in setup) {
      drafts.push(...setup.drafts)
      broken.add(name)
    } else setups.set(name, setup)
  }
  return { setups, disabled, broken, drafts }
}

function foundSetups({ definitions, found }: ProviderSources): Map<string, ProviderSetup> {
  const setups = new Map<string, ProviderSetup>()
  for (const { name, from, secret, baseUrl, models, settings, catalogue } of found) {
    const definition = definitions.find((candidate) => candidate.name === name)
    if (definition === undefined) continue
    const credentials = secret === undefined ? [] : [{ id: `${name}/default`, secret, weight: 1 }]
    setups.set(name, {
      name,
      definition,
      credentials,
      ...defined({ baseUrl, catalogue }),
      settings: settings ?? {},
      from,
      models: models ?? [],
    })
  }
  return setups
}

function setUpProvider(
  name: string,
  entry: ProviderConfig,
  sources: ProviderSources,
): ProviderSetup | Refused {
  const path = ['providers', name]
  const known = findDefinition(name, entry, sources.definitions)
  if ('drafts' in known) return known
  const definition = withEntry(name, known, { entry, secrets: sources.secrets })
  if ('drafts' in definition) return definition
  const pool = credentialsOf(name, entry, { definition, sources, path })
  if ('drafts' in pool) return pool
  const found = sources.found.find((candidate) => candidate.name === definition.name)
  const isAsFound = entry.base_url === undefined && entry.type === undefined && pool.detected
  const baseUrl = isAsFound ? found?.baseUrl : entry.base_url
  return {
    name,
    definition,
    credentials: pool.credentials,
    // Another address is another server, with what models nobody knows.
    ...defined({ baseUrl, catalogue: entry.base_url === undefined ? found?.catalogue : undefined }),
    ...tuning(entry),
    settings: settingsOf(definition, entry, { sources, found }),
    from: pool.from,
    models: isAsFound ? (found?.models ?? []) : [],
  }
}

/** Settings of the file, then of the environment, then of whoever found the provider. */
function settingsOf(
  definition: ProviderDefinition,
  entry: ProviderConfig,
  { sources, found }: { readonly sources: ProviderSources; readonly found: FoundProvider | undefined },
): Record<string, string> {
  const settings: Record<string, string> = { ...found?.settings }
  for (const [setting, variable] of Object.entries(definition.settingVariables ?? {})) {
    const value = sources.environment[variable]
    if (value !== undefined && value !== '') settings[setting] = value
  }
  return { ...settings, ...entry.settings }
}

type Tuning = Pick<
  ProviderSetup,
  | 'region'
  | 'retentionMs'
  | 'dataPolicy'
  | 'tags'
  | 'timeouts'
  | 'quirks'
  | 'incidentDomain'
  | 'cancelled'
  | 'breaker'
  | 'concurrent'
>

function tuning(entry: ProviderConfig): Tuning {
  const { region, tags, quirks, cancelled, breaker, concurrent } = entry
  return defined({
    region,
    retentionMs: entry.retention,
    dataPolicy: entry.data_policy,
    tags,
    timeouts: toTimeouts(entry),
    quirks,
    cancelled,
    incidentDomain: entry.incident_domain,
    breaker,
    concurrent,
  })
}

/** The row that an entry means: its `type`, its own name, or a server described by address and dialects alone. */
function findDefinition(
  name: string,
  entry: ProviderConfig,
  definitions: readonly ProviderDefinition[],
): ProviderDefinition | Refused {
  const wanted = entry.type ?? name
  const definition = definitions.find((candidate) => candidate.name === wanted)
  if (definition !== undefined) return definition
  if (entry.type === undefined && entry.base_url !== undefined && entry.dialects !== undefined) {
    const { base_url: baseUrl, dialects } = entry
    return {
      name,
      title: name,
      keyVariables: [],
      offers: dialects.map((dialect) => ({ dialect, baseUrl })),
      // Nothing is known of it, so nothing is ruled out.
      serves: OPERATION_NAMES,
      docs: baseUrl,
    }
  }
  const [nearest] = nearestNames(
    wanted,
    definitions.map((candidate) => candidate.name),
    1,
  )
  const path = entry.type === undefined ? ['providers', name] : ['providers', name, 'type']
  const message = `there is no provider ${wanted}`
  const suggestion = nearest === undefined ? '' : `Did you mean "${nearest}"? `
  const own =
    'A server of your own needs base_url and dialects; another name for a known provider needs type.'
  return { drafts: [{ path, message, hint: `${suggestion}${own}` }] }
}

/** The row with what the entry changes about it: dialects, headers, settings in its addresses. */
function withEntry(
  name: string,
  definition: ProviderDefinition,
  { entry, secrets }: { readonly entry: ProviderConfig; readonly secrets: SecretsByReference },
): ProviderDefinition | Refused {
  const headers = Object.fromEntries(
    Object.entries(entry.headers ?? {}).map(([header, value]) => [
      header.toLowerCase(),
      isReference(value) ? (secrets.get(value)?.reveal() ?? '') : value,
    ]),
  )
  const wanted = entry.dialects ?? definition.offers.map((offer) => offer.dialect)
  const offers = wanted.map(
    (dialect) => definition.offers.find((offer) => offer.dialect === dialect) ?? dialect,
  )
  const missing = offers.find((offer) => typeof offer === 'string')
  if (missing !== undefined)
    return {
      drafts: [
        {
          ...unknownDialect(missing, definition),
          path: ['providers', name, 'dialects', wanted.indexOf(missing)],
        },
      ],
    }
  return {
    ...definition,
    offers: offers
      .filter((offer) => typeof offer !== 'string')
      .map((offer) => ({
        ...offer,
        headers: { ...offer.headers, ...headers },
      })),
  }
}

function unknownDialect(dialect: string, definition: ProviderDefinition): Omit<ProblemDraft, 'path'> {
  const spoken = definition.offers.map((offer) => offer.dialect)
  return { message: `${definition.title} does not speak ${dialect}`, hint: `It speaks ${spoken.join(', ')}.` }
}

function toTimeouts({ timeout }: ProviderConfig): Partial<Timeouts> | undefined {
  if (timeout === undefined) return undefined
  return {
    ...defined({ connectMs: timeout.connect, firstByteMs: timeout.first_token }),
    ...(timeout.idle === undefined ? {} : { idleMs: timeout.idle, silenceMs: timeout.idle }),
    ...defined({ totalMs: timeout.total }),
  }
}
