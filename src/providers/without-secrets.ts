import { Failure, type FailureDetails, type UpstreamError } from '../exchange/failure.ts'
import type { Credential, SpokenDialect } from '../exchange/target.ts'
import { createRedactor } from '../kit/redact.ts'

/** A constant header as long as this may hold a credential: names of versions and options are shorter. */
const SECRET_HEADER_CHARACTERS = 20

type Redact = (text: string) => string

/**
 * A failure as a provider told it, without our credential, which providers quote in their errors. Applied where errors
 * are read, so that neither client nor log, ledger or trail can get to see it.
 */
export function withoutSecrets(
  failure: Failure,
  { spoken, credential }: { readonly spoken: SpokenDialect; readonly credential: Credential },
): Failure {
  const headers = Object.values(spoken.headers).filter((value) => value.length >= SECRET_HEADER_CHARACTERS)
  const redact = createRedactor([credential.secret.reveal(), ...headers])
  const { upstream, ...said } = failure.details
  const details: FailureDetails = {
    ...mapTexts(said, redact),
    ...(upstream === undefined ? {} : { upstream: cleanUpstream(upstream, redact) }),
  }
  return new Failure(failure.code, details)
}

function cleanUpstream({ body, ...words }: UpstreamError, redact: Redact): UpstreamError {
  return { ...mapTexts(words, redact), ...(body === undefined ? {} : { body: cleanBytes(body, redact) }) }
}

/** Bytes that quote nothing stay as they are, valid text or not. */
function cleanBytes(bytes: Uint8Array, redact: Redact): Uint8Array {
  const text = new TextDecoder().decode(bytes)
  const clean = redact(text)
  return clean === text ? bytes : new TextEncoder().encode(clean)
}

/** The same with every text in it mapped, in objects and lists inside it as well. */
function mapTexts<Kind>(value: Kind, map: Redact): Kind
function mapTexts(value: unknown, map: Redact): unknown {
  if (typeof value === 'string') return map(value)
  if (Array.isArray(value)) return value.map((element: unknown) => mapTexts(element, map))
  if (typeof value !== 'object' || value === null || value instanceof Error) return value
  return Object.fromEntries(Object.entries(value).map(([name, held]) => [name, mapTexts<unknown>(held, map)]))
}
