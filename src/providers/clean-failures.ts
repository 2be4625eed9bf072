import { Failure, type FailureDetails, type UpstreamError } from '../exchange/failure.ts'
import type { Credential, SpokenDialect } from '../exchange/target.ts'
import { createRedactor } from '../kit/redact.ts'

/** A constant header as long as this may hold a credential: names of versions and options are shorter. */
const SECRET_HEADER_CHARACTERS = 20

type Redact = (text: string) => string

/** What a call was made with. */
interface Quoted {
  readonly spoken: SpokenDialect
  readonly credential: Credential
}

/**
 * Takes our credentials out of failures as providers tell them, because providers quote them in their errors. Applied where
 * errors are read, so that neither client nor log, ledger or trail can get to see one.
 */
export class FailureCleaner {
  /** By credential, and by dialect for its constant headers: to make one takes longer than to read an error. */
  readonly #made = new WeakMap<Credential | SpokenDialect, Redact>()

  clean(failure: Failure, { spoken, credential }: Quoted): Failure {
    const ofCredential = this.#redactor(credential, () => [credential.secret.reveal()])
    const ofHeaders = this.#redactor(spoken, () => Object.values(spoken.headers).filter(mayBeSecret))
    const redact: Redact = (text) => ofHeaders(ofCredential(text))
    const { upstream, ...said } = failure.details
    const details: FailureDetails = {
      ...mapTexts(said, redact),
      ...(upstream === undefined ? {} : { upstream: cleanUpstream(upstream, redact) }),
    }
    return new Failure(failure.code, details)
  }

  #redactor(owner: Credential | SpokenDialect, secrets: () => readonly string[]): Redact {
    const known = this.#made.get(owner)
    if (known !== undefined) return known
    const made = createRedactor(secrets())
    this.#made.set(owner, made)
    return made
  }
}

function mayBeSecret(value: string): boolean {
  return value.length >= SECRET_HEADER_CHARACTERS
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
