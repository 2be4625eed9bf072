import { HookFailure, type Letter, type PostLetter, type Posting } from '../guardrails/hooks/letter.ts'
import type { Clock } from '../kit/clock.ts'
import type { HttpClient, HttpResponse } from '../kit/http-client.ts'
import { HttpError } from '../kit/http-error.ts'
import type { Ids } from '../kit/ids.ts'
import { LIMITS } from '../kit/limits.ts'
import type { Random } from '../kit/random.ts'
import { signAws } from '../kit/sign-aws.ts'
import { webhookHeaders } from '../kit/standard-webhook.ts'
import { LeftAlone, type LetterEnd } from './left-alone.ts'

/** By what letters are posted. */
export interface PostOffice {
  readonly http: HttpClient
  readonly clock: Clock
  readonly random: Random
  readonly ids: Ids
}

/** Statuses of somebody who may be there later. */
const LATER: readonly number[] = [408, 425, 429]

/** It does not answer, which the next letter will find as well. */
class Away extends HookFailure {}

/**
 * Creates what posts letters to servers of guardrails, as alerts are posted: to public addresses by TLS where the file does not say otherwise,
 * redirects not followed, nothing unpacked, answers bounded. Whoever did not answer a few times in a row rests for some seconds, in which
 * nobody waits for them, as providers do.
 */
export function createPostLetter(office: PostOffice): PostLetter {
  const leftAlone = new LeftAlone(office)
  return async (letter, posting) => {
    const tell = leftAlone.enter(letter.url, posting)
    try {
      const answer = await post(letter, posting, office)
      tell('answered')
      return answer
    } catch (thrown) {
      tell(endOf(thrown, posting))
      throw thrown instanceof HookFailure ? thrown : new HookFailure('it could not be asked')
    }
  }
}

/** Whoever is left by the one who asks has not failed; whoever answers what nobody wants is there. */
function endOf(thrown: unknown, { signal }: Posting): LetterEnd {
  if (signal.aborted) return 'left'
  return thrown instanceof Away ? 'away' : 'answered'
}

async function post(letter: Letter, posting: Posting, office: PostOffice): Promise<string> {
  const { clock } = office
  const { signal, limitMs } = posting
  const controller = new AbortController()
  let isLate = false
  const abort = (): void => controller.abort()
  if (signal.aborted) throw new HookFailure(GIVEN_UP)
  signal.addEventListener('abort', abort)
  const limit = clock.after(limitMs, () => {
    isLate = true
    abort()
  })
  try {
    const sealed = { ...letter, headers: await prove(letter, office) }
    return await readAnswer(await send(sealed, { posting, controller, office }))
  } catch (thrown) {
    if (signal.aborted) throw new HookFailure(GIVEN_UP)
    throw isLate ? new Away(TOO_LATE) : explain(thrown)
  } finally {
    limit.cancel()
    signal.removeEventListener('abort', abort)
  }
}

const GIVEN_UP = 'nobody waits for it any more'
const TOO_LATE = 'it took too long'

async function prove(
  { url, headers, body, proof }: Letter,
  { clock, ids }: PostOffice,
): Promise<Record<string, string>> {
  const atMs = clock.nowMs()
  if (proof === undefined) return headers
  if (proof.by === 'aws')
    return signAws(proof.signer, { method: 'POST', url, headers, body: new TextEncoder().encode(body), atMs })
  const id = ids.mint('msg')
  return { ...headers, ...webhookHeaders({ id, atSeconds: Math.floor(atMs / 1_000), body }, proof.key) }
}

interface Sending {
  readonly posting: Posting
  readonly controller: AbortController
  readonly office: PostOffice
}

/** Sends, and once more where the connection that was kept from before was closed meanwhile. */
async function send(
  { url, headers, body }: Letter,
  { posting: { guardrail, isPrivate, limitMs }, controller, office: { http } }: Sending,
): Promise<HttpResponse> {
  const request = {
    method: 'POST',
    url,
    headers,
    body,
    controller,
    connectTimeoutMs: Math.min(limitMs, LIMITS.hookConnectMs),
    firstByteTimeoutMs: limitMs,
    pool: `guard/${guardrail}`,
    egress: isPrivate ? ('any' as const) : ('public-only' as const),
  }
  try {
    return await http.send({ ...request, freshConnection: false })
  } catch (thrown) {
    if (!(thrown instanceof HttpError) || thrown.kind !== 'stale-connection') throw thrown
    return await http.send({ ...request, freshConnection: true })
  }
}

async function readAnswer(response: HttpResponse): Promise<string> {
  const { status, headers } = response
  if (status < 200 || status >= 300) {
    response.cancel()
    const why = status >= 300 && status < 400 ? ': redirects are not followed' : ''
    throw status >= 500 || LATER.includes(status)
      ? new Away(`status ${status}`)
      : new HookFailure(`status ${status}${why}`)
  }
  const coding = headers.get('content-encoding') ?? 'identity'
  if (coding !== 'identity') {
    response.cancel()
    throw new HookFailure('it answered in a coding that it was not asked for')
  }
  return new TextDecoder().decode(await response.readAll(LIMITS.hookAnswerBytes))
}

function explain(thrown: unknown): HookFailure {
  if (thrown instanceof HookFailure) return thrown
  if (!(thrown instanceof HttpError)) return new HookFailure('it could not be asked')
  if (thrown.kind === 'destination-forbidden')
    return new HookFailure('the address is not a public one; for your own network: private: true')
  if (thrown.kind === 'body-too-large') return new HookFailure('it answered more than is read')
  return new Away(thrown.kind === 'first-byte-timeout' ? TOO_LATE : thrown.kind)
}
