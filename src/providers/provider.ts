import type { Operation } from '../exchange/operations/all.ts'
import type { LimitHeaders } from '../exchange/provider-limit.ts'
import type { Authentication, CancelBilling, Quirks } from '../exchange/target.ts'
import type { ModelFacts } from './model-facts.ts'
import type { PriceRow } from './price-rows.ts'
import type { RegionalPrice } from './regional-prices.ts'
import type { Retirement } from './retirements.ts'
import type { ServiceTierRow } from './service-tiers.ts'

/** One dialect as a provider offers it. */
export interface DialectOffer {
  /** Name of the dialect. */
  readonly dialect: string
  /** No trailing slash; the dialect's provider path is appended. `{name}` parts are filled from the provider's settings. */
  readonly baseUrl: string
  /** Defaults to the dialect's own way of sending the credential. */
  readonly auth?: Authentication
  /** Constant headers of this offer, lower case. */
  readonly headers?: Readonly<Record<string, string>>
  /** What differs from the dialect's reference; absent means nothing does. */
  readonly quirks?: Quirks
  /** Models of the provider that cannot be asked in it. */
  readonly notFor?: RegExp
}

/** How an engine on this machine is recognised. */
export interface LocalProbe {
  readonly port: number
  /** Answers 200 with a list of models when the engine runs here. */
  readonly path: string
  /** What the engine writes into `owned_by` of its models, where the port alone does not tell it apart. */
  readonly ownedBy?: string
}

/**
 * A company or server that runs models, as data: who it is, where it is, what it speaks. A vendor whose wire is one of
 * our dialects with peculiarities is one row of these.
 */
export interface ProviderDefinition {
  /** The name in config and in `provider/model`: lower case, digits, dashes. */
  readonly name: string
  readonly title: string
  /** Environment variables that hold its key, first match wins. Empty for servers that need none. */
  readonly keyVariables: readonly string[]
  /** How its keys begin, where that tells them from others: a client that sends one to us has mixed up its keys. */
  readonly keyPrefixes?: readonly string[]
  /** Environment variables that replace the base URL (the first offer's). */
  readonly baseUrlVariables?: readonly string[]
  /** Appended to an operator's address that names no version, where the provider's own tools expect it without. */
  readonly versionPath?: string
  /** Best first. */
  readonly offers: readonly DialectOffer[]
  /** Which of the operations that few companies offer it does, in whichever of its dialects can say them. */
  readonly serves?: readonly Operation[]
  /** How it tells of its limits with each answer. */
  readonly limitHeaders?: readonly LimitHeaders[]
  readonly local?: LocalProbe
  /** What is publicly known of its models; the first entry that matches counts. */
  readonly models?: readonly ModelFacts[]
  /** The end of some of them, as the provider announces it; the first entry that matches counts. */
  readonly retirements?: readonly Retirement[]
  /** True where lists hold the earliest days on which its models may be retired: only `retirements` are announced. */
  readonly listsEarliestDays?: boolean
  /** A model to try when the user named none; used for the route `auto` of a first run. */
  readonly defaultModel?: string
  /** Its id in the price catalogue, where it differs from the name. */
  readonly priceId?: string
  /** Prices that the catalogue does not know. */
  readonly prices?: readonly PriceRow[]
  /** Service at other prices than those of the catalogue. */
  readonly serviceTiers?: readonly ServiceTierRow[]
  /** Addresses at which the same costs more. */
  readonly regionalPrices?: readonly RegionalPrice[]
  /** Names of settings that `baseUrl` needs, for example an account id. */
  readonly settings?: readonly string[]
  /** Environment variables that hold such a setting, by its name. */
  readonly settingVariables?: Readonly<Record<string, string>>
  /** What is known of how it charges for streams that are hung up on; absent: nothing, and the whole answer is reckoned with. */
  readonly cancelled?: CancelBilling
  /** True where each model is limited and refused by itself, as if it had an account of its own. */
  readonly accountPerModel?: boolean
  /** True where answers and prices are invented. */
  readonly simulated?: boolean
  /** Documentation of the provider's API. */
  readonly docs: string
}
