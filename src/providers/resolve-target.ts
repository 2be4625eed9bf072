import { Secret } from '../kit/secret.ts'
import type { Dialect } from '../dialects/dialect.ts'
import { MODEL_OPERATIONS, operationOf, type Operation } from '../exchange/operations/all.ts'
import type {
  CancelBilling,
  Capabilities,
  Credential,
  Price,
  Quirks,
  SpokenDialect,
  Target,
  Timeouts,
} from '../exchange/target.ts'
import { defined } from '../kit/defined.ts'
import { settleTimeouts } from './default-timeouts.ts'
import { factsAbout, factsNamed } from './model-facts.ts'
import { placeOffers } from './place-offers.ts'
import type { DialectOffer, ProviderDefinition } from './provider.ts'
import { endOf } from './retirements.ts'

export interface TargetSettings {
  readonly definition: ProviderDefinition
  /** The name in `provider/model`, which differs from the definition's where one provider is set up several times. */
  readonly providerName: string
  /** The provider's name of the model. */
  readonly model: string
  /** Takes the place of the first offer's address; see `placeOffers`. */
  readonly baseUrl?: string
  /** Empty for servers that need no key. */
  readonly credentials: readonly Credential[]
  /** Values for `{name}` parts of addresses. */
  readonly settings?: Readonly<Record<string, string>>
  readonly timeouts?: Partial<Timeouts>
  /** What lists kept by others know of the model; what the provider's row says is laid over it. */
  readonly listed?: Capabilities
  /** What the operator knows of the model; laid over what is publicly known. */
  readonly capabilities?: Capabilities
  /** Laid over the quirks of every offer: the operator knows better than the table. */
  readonly quirks?: Quirks
  readonly price?: Price
  /** What shares incidents with it; absent: what is at the same address. */
  readonly incidentDomain?: string
  /** Laid over what the provider's row says. */
  readonly cancelled?: CancelBilling
  /** Also fills `{region}`. */
  readonly region?: string
  readonly dialects: ReadonlyMap<string, Dialect>
}

/**
 * Makes a target of a definition and the operator's settings, with nothing left to be looked up per request. Pure.
 * Throws `AddressError` when an address cannot be completed or used, and RangeError for a dialect that nobody speaks here.
 */
export function resolveTarget(wanted: TargetSettings): Target {
  const { definition, providerName, model, region } = wanted
  const known = factsAbout(model, definition.models)
  const offers = placeOffers(definition, {
    ...defined({ baseUrl: wanted.baseUrl }),
    settings: region === undefined ? (wanted.settings ?? {}) : { region, ...wanted.settings },
  })
  const quirks = { ...known?.quirks, ...wanted.quirks }
  const spoken = askable(offers, model).map((offer) => speak(offer, wanted.dialects, quirks))
  const told = {
    ...wanted.listed,
    ...endOf(model, definition, wanted.listed ?? {}),
    ...factsNamed(model),
    ...known?.capabilities,
    ...wanted.capabilities,
  }
  const capabilities = withOperations(told, spoken, wanted)
  return {
    id: region === undefined ? `${providerName}/${model}` : `${providerName}/${model}@${region}`,
    provider: providerName,
    model,
    ...defined({ region }),
    ...defined({
      incidentDomain: wanted.incidentDomain ?? domainOf(wanted, spoken),
      cancelled: wanted.cancelled ?? definition.cancelled,
    }),
    spoken,
    credentials: credentialsOf(wanted),
    ...defined({ limitHeaders: definition.limitHeaders }),
    timeouts: settleTimeouts(definition, capabilities, wanted.timeouts),
    capabilities,
    ...defined({ price: wanted.price }),
    simulated: definition.simulated === true,
  }
}

/** What is at one address is mostly slow or away together; what is simulated has its troubles each for itself. */
function domainOf(
  { definition, providerName, model }: TargetSettings,
  [first]: readonly SpokenDialect[],
): string | undefined {
  if (definition.simulated === true) return `${providerName}/${model}`
  return first === undefined ? undefined : URL.parse(first.baseUrl)?.host
}

/** The offers in whose dialects the model can be asked; all where the operator has left none of those. */
function askable(offers: readonly DialectOffer[], model: string): readonly DialectOffer[] {
  const left = offers.filter(({ notFor }) => notFor?.test(model) !== true)
  return left.length === 0 ? offers : left
}

/** The capabilities with what is left of the operations: those that the provider serves in a dialect, or the house answers itself. */
function withOperations(
  capabilities: Capabilities,
  spoken: readonly SpokenDialect[],
  wanted: TargetSettings,
): Capabilities {
  const served = MODEL_OPERATIONS.filter(
    (operation) =>
      capabilities.operations?.includes(operation) !== false &&
      (operationOf({ operation }).answerHere !== undefined ||
        (isServed(operation, wanted) && isSpoken(operation, spoken, wanted))),
  )
  return served.length === MODEL_OPERATIONS.length ? capabilities : { ...capabilities, operations: served }
}

/** What few companies offer is asked of those that are known to, and where the operator says so. */
function isServed(operation: Operation, { definition, capabilities }: TargetSettings): boolean {
  return (
    operationOf({ operation }).servedBy !== 'few' ||
    definition.serves?.includes(operation) === true ||
    capabilities?.operations?.includes(operation) === true
  )
}

function isSpoken(
  operation: Operation,
  spoken: readonly SpokenDialect[],
  { dialects }: TargetSettings,
): boolean {
  return spoken.some(
    ({ dialect, quirks }) =>
      dialects.get(dialect)?.codecs[operation] !== undefined && quirks.lacks?.includes(operation) !== true,
  )
}

function credentialsOf({
  credentials,
  definition,
  providerName,
  model,
}: TargetSettings): readonly Credential[] {
  if (credentials.length === 0) return [anonymous(providerName)]
  if (definition.accountPerModel !== true) return credentials
  return credentials.map((credential) => ({ ...credential, id: `${credential.id}/${model}` }))
}

/** The credential of servers that need none: its empty secret makes the sender leave the header out. */
function anonymous(providerName: string): Credential {
  return { id: `${providerName}/none`, secret: new Secret(''), weight: 1 }
}

function speak(offer: DialectOffer, dialects: TargetSettings['dialects'], quirks: Quirks): SpokenDialect {
  const dialect = dialects.get(offer.dialect)
  if (dialect === undefined) throw new RangeError(`there is no dialect ${offer.dialect}`)
  return {
    dialect: offer.dialect,
    baseUrl: offer.baseUrl,
    auth: offer.auth ?? dialect.authentication,
    headers: offer.headers ?? {},
    quirks: { ...offer.quirks, ...quirks },
  }
}
