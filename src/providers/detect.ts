import { readObjects, readString, type JsonObject } from '../kit/json.ts'
import { LIMITS } from '../kit/limits.ts'
import { Secret } from '../kit/secret.ts'
import { AddressError, placeOffers } from './place-offers.ts'
import type { LocalProbe, ProviderDefinition } from './provider.ts'
import { defined } from '../kit/defined.ts'

/** A provider that can be used without being configured. */
export interface DetectedProvider {
  /** Name of its definition. */
  readonly name: string
  /** Where it was found, for people: the variable or the address. Never a value. */
  readonly from: string
  readonly secret?: Secret
  /** Differs from the definition's own address. */
  readonly baseUrl?: string
  /** Set where a variable makes the key go to a host that is not the provider's; for people, without values. */
  readonly diversion?: string
  /** What a local engine says it has, in its order. */
  readonly models?: readonly string[]
}

export interface Detection {
  readonly definitions: readonly ProviderDefinition[]
  readonly environment: Readonly<Record<string, string | undefined>>
  /** Asks an address of this machine for JSON; undefined when nothing sensible answers in time. Never rejects. */
  readonly probe: (url: string, timeoutMs: number) => Promise<JsonObject | undefined>
  /** Origins under which clients reach the gateway, for example `http://127.0.0.1:4100`. */
  readonly ownOrigins: readonly string[]
}

/**
 * Finds out which providers are at hand: by the variables that their own tools read, and on this machine by asking the
 * ports on which engines listen. Only loopback is asked, all ports at once, each for at most `LIMITS.probeMs`.
 */
export async function detectProviders(detection: Detection): Promise<DetectedProvider[]> {
  const found = await Promise.all(
    detection.definitions.map(async (definition) => {
      return inEnvironment(definition, detection) ?? (await onThisMachine(definition, detection))
    }),
  )
  return found.filter((provider) => provider !== undefined)
}

function inEnvironment(definition: ProviderDefinition, detection: Detection): DetectedProvider | undefined {
  const keyVariable = firstSet(definition.keyVariables, detection)
  const address = addressFrom(definition, detection)
  if (address === 'incomplete') return undefined
  if (keyVariable === undefined && (definition.keyVariables.length > 0 || address === undefined))
    return undefined
  const key = keyVariable === undefined ? undefined : detection.environment[keyVariable]?.trim()
  const diversion = diversionOf(definition, keyVariable, address)
  return {
    name: definition.name,
    from: [keyVariable, address?.variable].filter((variable) => variable !== undefined).join(', '),
    ...(key === undefined ? {} : { secret: new Secret(key) }),
    ...(address === undefined ? {} : { baseUrl: address.baseUrl }),
    ...defined({ diversion }),
  }
}

/**
 * A base URL in the environment is how people reach a proxy of their own, and how somebody who can set one variable gets a key.
 * Both look alike from here, so it is followed and said. Providers without an address of their own have none to leave.
 */
function diversionOf(
  { offers }: ProviderDefinition,
  keyVariable: string | undefined,
  address: FoundAddress | undefined,
): string | undefined {
  const own = hostOf(offers[0]?.baseUrl)
  const given = hostOf(address?.baseUrl)
  if (keyVariable === undefined || address === undefined || own === undefined || given === undefined)
    return undefined
  if (given === own || given.endsWith(`.${own}`)) return undefined
  return `${address.variable} sends the key of ${keyVariable} to ${given} instead of ${own}.`
}

function hostOf(address: string | undefined): string | undefined {
  return address === undefined || address.includes('{') ? undefined : URL.parse(address)?.host
}

interface FoundAddress {
  readonly baseUrl: string
  readonly variable: string
}

/**
 * The address that the environment gives: a base URL, or the parts that the provider's own address needs. A base URL that is
 * our own is what `gatehouse env` told a shell, and following it would be a loop.
 */
function addressFrom(
  definition: ProviderDefinition,
  detection: Detection,
): FoundAddress | 'incomplete' | undefined {
  const { environment, ownOrigins } = detection
  const variable = firstSet(definition.baseUrlVariables ?? [], detection)
  const written = variable === undefined ? undefined : environment[variable]?.trim()
  if (variable !== undefined && written !== undefined && !isOwn(written, ownOrigins)) {
    const baseUrl = addressOf(definition, { baseUrl: written, settings: {} })
    return baseUrl === undefined ? 'incomplete' : { baseUrl, variable }
  }
  if (definition.settings === undefined) return undefined
  const variables = definition.settingVariables ?? {}
  const settings: Record<string, string> = {}
  for (const [setting, name] of Object.entries(variables)) settings[setting] = environment[name]?.trim() ?? ''
  const baseUrl = addressOf(definition, { settings })
  return baseUrl === undefined ? 'incomplete' : { baseUrl, variable: Object.values(variables).join(', ') }
}

function addressOf(
  definition: ProviderDefinition,
  placing: Parameters<typeof placeOffers>[1],
): string | undefined {
  try {
    return placeOffers(definition, placing)[0]?.baseUrl
  } catch (thrown) {
    if (thrown instanceof AddressError) return undefined
    throw thrown
  }
}

function firstSet(variables: readonly string[], { environment }: Detection): string | undefined {
  return variables.find((variable) => (environment[variable] ?? '').trim() !== '')
}

/** Loopback has several names; a port of ours is ours under each of them. */
function isOwn(address: string, ownOrigins: readonly string[]): boolean {
  const origin = originOf(address)
  return origin !== undefined && ownOrigins.some((own) => originOf(own) === origin)
}

function originOf(address: string): string | undefined {
  const url = URL.parse(address)
  if (url === null) return undefined
  const loopback = /^(?:localhost|127(?:\.\d+){3}|\[::1\]|0\.0\.0\.0|\[::\])$/.test(url.hostname)
  return `${url.protocol}//${loopback ? 'loopback' : url.hostname}:${url.port}`
}

async function onThisMachine(
  { name, local }: ProviderDefinition,
  { probe, ownOrigins }: Detection,
): Promise<DetectedProvider | undefined> {
  if (local === undefined) return undefined
  const address = `127.0.0.1:${local.port}`
  if (isOwn(`http://${address}`, ownOrigins)) return undefined
  const answer = await probe(`http://${address}${local.path}`, LIMITS.probeMs)
  const models = answer === undefined ? undefined : modelsIn(answer, local)
  return models === undefined ? undefined : { name, from: address, models }
}

/** The names in a list of models; undefined when the answer is not such a list or another engine's. */
function modelsIn(answer: JsonObject, { ownedBy }: LocalProbe): string[] | undefined {
  if (readString(answer, 'object') !== 'list' || !('data' in answer)) return undefined
  const entries = readObjects(answer, 'data').slice(0, LIMITS.probedModels)
  if (ownedBy !== undefined && !entries.some((entry) => readString(entry, 'owned_by') === ownedBy)) {
    return undefined
  }
  return entries.map((entry) => readString(entry, 'id') ?? '').filter((id) => id !== '')
}
