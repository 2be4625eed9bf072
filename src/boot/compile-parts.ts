import { keepLookers } from '../guardrails/kept-lookers.ts'
import type { Letters } from '../guardrails/hooks/letter.ts'
import type { FoundProvider } from '../config/compile-providers.ts'
import type { Environment } from '../config/interpolate.ts'
import { dialectMap } from '../dialects/all.ts'
import { splitModelName } from '../drills/model-options.ts'
import { listedModels } from '../drills/models/all.ts'
import { simulatedPrice } from '../drills/simulated-prices.ts'
import type { Secret } from '../kit/secret.ts'
import { parseKey } from '../exchange/virtual-key.ts'
import { PROVIDERS } from '../providers/all.ts'
import { detectProviders, type DetectedProvider, type Detection } from '../providers/detect.ts'
import type { ProviderDefinition } from '../providers/provider.ts'
import { simulated, simulatedCredential } from '../providers/simulated.ts'
import { ALERT_WORDS } from './alert-words.ts'
import type { Foundation } from './foundation.ts'

const SIMULATED_NAMES = listedModels.map(({ name }) => name)

export interface Surroundings {
  readonly environment: Environment
  /** Look for providers in the environment, and on this machine with `probe`. */
  readonly detect: boolean
  readonly probe: Detection['probe']
  /** Where this gateway will be reached: what answers there is no provider. */
  readonly ownOrigins: readonly string[]
}

/** The part of the foundation that compiling needs; a command that starts nothing brings its own. */
export interface CompileGround extends Pick<Foundation, 'hmac' | 'prices' | 'listedFacts' | 'clock'> {
  readonly letters: Letters
  readonly simulator: { readonly port: number }
}

/** Gathers what a configuration is compiled against: providers, prices, and how keys are hashed. */
export async function gatherCompileParts(
  { environment, detect, probe, ownOrigins }: Surroundings,
  { hmac, prices, listedFacts, clock, simulator, letters }: CompileGround,
) {
  const definitions = PROVIDERS.filter((definition) => definition.simulated !== true)
  const found = detect ? await detectProviders({ definitions, environment, probe, ownOrigins }) : []
  const detected = found.filter((provider) => !holdsOurKey(provider))
  const invented: FoundProvider = {
    name: simulated.name,
    from: 'built in',
    secret: simulatedCredential().secret,
    settings: { port: String(simulator.port) },
    models: SIMULATED_NAMES,
    catalogue: { models: SIMULATED_NAMES, plainName: (model) => splitModelName(model).base },
  }
  return {
    definitions: PROVIDERS,
    dialects: dialectMap(),
    environment,
    found: [...detected, invented],
    priceOf: (provider: ProviderDefinition, model: string) =>
      provider.simulated === true ? simulatedPrice(model) : prices.priceOf(provider, model, clock.nowMs()),
    listedFacts,
    alertWords: ALERT_WORDS,
    nowMs: () => clock.nowMs(),
    reuse: keepLookers(),
    letters,
    knownModels: (provider: ProviderDefinition) => prices.models(provider),
    hashKey(key: Secret) {
      const parsed = parseKey(key.reveal())
      return parsed === undefined ? undefined : { id: parsed.id, secretHmac: hmac(parsed.secret) }
    },
  }
}

/**
 * True for what `gatehouse env` told this shell. A key of ours in a provider's variable is no key of that provider: it would be
 * shown to somebody who does not know it. With an address of its own it may belong to another Gatehouse.
 */
function holdsOurKey({ secret, baseUrl }: DetectedProvider): boolean {
  return baseUrl === undefined && secret !== undefined && parseKey(secret.reveal()) !== undefined
}
