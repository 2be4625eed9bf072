import type { Dialect } from '../dialects/dialect.ts'
import { readErrorBody } from '../dialects/read-provider-error.ts'
import { defined } from '../kit/defined.ts'
import type { HttpClient } from '../kit/http-client.ts'
import { HttpError } from '../kit/http-error.ts'
import { isArray, parseJsonObject } from '../kit/json.ts'
import { LIMITS } from '../kit/limits.ts'
import { createRedactor } from '../kit/redact.ts'
import type { Secret } from '../kit/secret.ts'
import { placeOffers } from './place-offers.ts'
import type { DialectOffer, ProviderDefinition } from './provider.ts'

/** A key that somebody has, before it is kept anywhere. */
export interface KeyTrial {
  readonly definition: ProviderDefinition
  readonly key: Secret
  /** Takes the place of the provider's address. */
  readonly baseUrl?: string | undefined
  /** Values for `{name}` parts of addresses. */
  readonly settings: Readonly<Record<string, string>>
}

/**
 * What came of it: the key was `taken` or `refused`; the provider is there, and what it answers says nothing of the key (`unproven`); or it
 * is not (`unreachable`).
 */
export type TrialVerdict = 'taken' | 'unproven' | 'refused' | 'unreachable'

/** What a provider answered to a key. */
export interface TriedKey {
  readonly verdict: TrialVerdict
  /** Who was asked. */
  readonly host: string
  readonly status?: number
  /** The provider's own words, the key taken out of them. */
  readonly says?: string
  /** Models in its list. */
  readonly models?: number
}

export interface TryKeyNeeds {
  readonly http: HttpClient
  readonly dialects: ReadonlyMap<string, Dialect>
}

interface Listed {
  readonly status: number
  readonly body: Uint8Array
}

const NO_SUCH_PLACE: ReadonlySet<number> = new Set([404, 405, 501])
const TOO_MANY = 429

/**
 * Tries a key by asking for the provider's list of models, which costs nothing. A list that is open to everybody proves nothing: it is asked
 * for once more without the key. Throws `AddressError` where a part of the address is missing. Never rejects otherwise.
 */
export async function tryKey(trial: KeyTrial, { http, dialects }: TryKeyNeeds): Promise<TriedKey> {
  const { definition, key, baseUrl, settings } = trial
  const [offer] = placeOffers(definition, { settings, ...defined({ baseUrl }) })
  const dialect = offer === undefined ? undefined : dialects.get(offer.dialect)
  if (offer === undefined || dialect === undefined) return { verdict: 'unreachable', host: '' }
  const { host } = new URL(offer.baseUrl)
  const auth = offer.auth ?? dialect.authentication
  // What is signed is signed over a whole request, and a list of models is none.
  if (!('header' in auth)) return { verdict: 'unproven', host }
  const ask = (own: Readonly<Record<string, string>>): Promise<Listed | undefined> =>
    askForList(offer, { ...dialect.usualHeaders, ...offer.headers, ...own }, http)
  const answer = await ask({ [auth.header]: auth.prefix + key.reveal() })
  if (answer === undefined) return { verdict: 'unreachable', host }
  if (answer.status !== 200) return judge(answer, host, createRedactor([key.reveal()]))
  const open = await ask({})
  return {
    verdict: open?.status === 200 ? 'unproven' : 'taken',
    host,
    status: 200,
    ...defined({ models: countModels(answer.body) }),
  }
}

function judge({ status, body }: Listed, host: string, redact: (text: string) => string): TriedKey {
  const { message, title = '' } = readErrorBody(body)
  const says = redact(message === '' ? title : message).slice(0, LIMITS.loggedCharacters)
  const told = { host, status, ...defined({ says: says === '' ? undefined : says }) }
  if (NO_SUCH_PLACE.has(status) || status === TOO_MANY) return { verdict: 'unproven', ...told }
  return { verdict: status >= 400 && status < 500 ? 'refused' : 'unreachable', ...told }
}

async function askForList(
  { baseUrl }: DialectOffer,
  headers: Readonly<Record<string, string>>,
  http: HttpClient,
): Promise<Listed | undefined> {
  try {
    const response = await http.send({
      method: 'GET',
      url: `${baseUrl}/models`,
      headers: { accept: 'application/json', ...headers },
      controller: new AbortController(),
      connectTimeoutMs: LIMITS.doctorAnswerMs,
      firstByteTimeoutMs: LIMITS.doctorAnswerMs,
      freshConnection: true,
      pool: 'key-trial',
      egress: 'any',
    })
    const { status } = response
    return { status, body: await response.readAll(LIMITS.keyTrialBytes) }
  } catch (thrown) {
    if (thrown instanceof HttpError) return undefined
    throw thrown
  }
}

/** The entries of a list of models, in whichever member they stand. */
function countModels(body: Uint8Array): number | undefined {
  const list = parseJsonObject(new TextDecoder().decode(body))
  const entries = list?.['data'] ?? list?.['models']
  return isArray(entries) ? entries.length : undefined
}
