import type { DialectOffer, ProviderDefinition } from './provider.ts'

/** An address of a provider that cannot be completed or used. Its message is for the operator. */
export class AddressError extends Error {
  /** The setting that is missing or wrong; absent when the address itself is. */
  readonly setting: string | undefined

  constructor(message: string, setting?: string) {
    super(message)
    this.name = 'AddressError'
    this.setting = setting
  }
}

export interface Placing {
  /** Takes the place of the address of the offer that it belongs to: the one with the same path, else the first. */
  readonly baseUrl?: string
  /** Values for `{name}` parts. */
  readonly settings: Readonly<Record<string, string>>
}

/**
 * Gives a provider's offers their real addresses. An address of the operator's own moves all offers that stand at a fixed
 * distance from the one that it is of (`…/v1` and `…/anthropic` of one host); an offer that cannot be moved along is left out,
 * because the operator's traffic and key must not go to the original host behind his back. Throws AddressError.
 */
export function placeOffers(definition: ProviderDefinition, { baseUrl, settings }: Placing): DialectOffer[] {
  const offers =
    baseUrl === undefined
      ? definition.offers
      : moveOffers(definition.offers, withVersion(baseUrl, definition.versionPath))
  return offers.map((offer) => ({ ...offer, baseUrl: checkAddress(fillParts(offer.baseUrl, settings)) }))
}

/** The address without slashes at its end, and with the version that people may leave out. */
function withVersion(address: string, versionPath = ''): string {
  const bare = address.replace(/\/+$/, '')
  return /\/v\d\w*$/.test(bare) ? bare : bare + versionPath
}

/** The address is that of the offer whose path it ends with, the longest one, which then is the first; else of the first one. */
function moveOffers(offers: readonly DialectOffer[], baseUrl: string): readonly DialectOffer[] {
  const named = offerAt(baseUrl, offers) ?? offers[0]
  if (named === undefined) return []
  const path = pathOf(named.baseUrl)
  if (path === undefined || !baseUrl.endsWith(path)) return [{ ...named, baseUrl }]
  const from = named.baseUrl.slice(0, named.baseUrl.length - path.length)
  const to = baseUrl.slice(0, baseUrl.length - path.length)
  const along = offers.filter(
    (offer) => offer !== named && (offer.baseUrl === from || offer.baseUrl.startsWith(`${from}/`)),
  )
  return [named, ...along].map((offer) => ({ ...offer, baseUrl: to + offer.baseUrl.slice(from.length) }))
}

function offerAt(address: string, offers: readonly DialectOffer[]): DialectOffer | undefined {
  let found: DialectOffer | undefined
  let longest = 0
  for (const offer of offers) {
    const path = pathOf(offer.baseUrl) ?? ''
    if (path.length <= longest || !address.endsWith(path)) continue
    found = offer
    longest = path.length
  }
  return found
}

/** The path of an address, or undefined when it has parts that are not known yet. */
function pathOf(address: string): string | undefined {
  return /^https?:\/\/[^/{}]+((?:\/[^{}]*)?)$/.exec(address)?.[1]
}

/** Fills `{name}` parts. A part that is a host may be written with its scheme, as people copy it from the browser. */
function fillParts(address: string, settings: Readonly<Record<string, string>>): string {
  return address.replaceAll(/\{(\w+)\}/g, (_whole, name: string) => {
    const value = settings[name]
    if (value === undefined || value === '') throw new AddressError(`needs the setting ${name}`, name)
    const bare = address === `{${name}}` ? value : value.replace(/^https?:\/\//, '')
    return bare.replace(/\/+$/, '')
  })
}

function checkAddress(address: string): string {
  const url = URL.parse(address)
  if (url === null || (url.protocol !== 'https:' && url.protocol !== 'http:')) {
    throw new AddressError('the address must begin with https:// or http://')
  }
  if (url.username !== '' || url.password !== '') {
    throw new AddressError('the address must not hold a user name or password; use a key')
  }
  if (url.search !== '' || url.hash !== '') {
    throw new AddressError('the address must not hold a query or fragment')
  }
  return address
}
