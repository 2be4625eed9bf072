import type { Clock } from '../kit/clock.ts'
import { createHmacSha256Hex } from '../kit/hash.ts'
import {
  IDEMPOTENCY_HEADER,
  IDEMPOTENCY_KEY_FORM,
  readIdempotencyKey,
  REPLAYED_HEADER,
} from '../kit/idempotency-key.ts'
import type { Json } from '../kit/json.ts'
import { LIMITS } from '../kit/limits.ts'
import type { Random } from '../kit/random.ts'
import { openSealedText, sealText } from '../kit/sealed-text.ts'
import { AdminProblem, SAFE_HEADERS } from './problem.ts'

/** What is asked for, as far as a repetition has to be the same. */
export interface AskedOnce {
  /** Method, path and query. */
  readonly target: string
  readonly headers: Headers
  readonly body: Json
}

/** Has what carries an idempotency key done once, and answers its repetitions with what was answered first. */
export type Repeats = (asked: AskedOnce, act: () => Promise<Response>) => Promise<Response>

interface Kept {
  /** Of the target and the body. */
  readonly fingerprint: string
  readonly untilMs: number
  /** Absent while it is under way. */
  done?: { readonly status: number; readonly type: string; readonly sealed: Uint8Array }
}

/**
 * Creates the memory of answers. It keeps those that did something (2xx) for `LIMITS.repeatMs`, the newest `LIMITS.repeats` of them: what
 * failed changed nothing, and is tried again. A key holds for whoever's token came with it. What was answered may be a secret that is shown once, so
 * it is sealed by the idempotency key itself, of which only a digest is kept.
 */
export function createRepeats({ clock, random }: { clock: Clock; random: Random }): Repeats {
  const digest = createHmacSha256Hex(random.bytes(32))
  /** The oldest first. */
  const kept = new Map<string, Kept>()
  const forget = (): void => {
    for (const [id, { untilMs }] of kept) {
      if (untilMs > clock.nowMs() && kept.size < LIMITS.repeats) return
      kept.delete(id)
    }
  }
  return async ({ target, headers, body }, act) => {
    const words = readWords(headers)
    if (words === undefined) return act()
    const id = digest(JSON.stringify([headers.get('authorization') ?? '', words]))
    const fingerprint = digest(JSON.stringify([target, body]))
    forget()
    const before = kept.get(id)
    if (before !== undefined) return repeated(before, fingerprint, words)
    const entry: Kept = { fingerprint, untilMs: clock.nowMs() + LIMITS.repeatMs }
    kept.set(id, entry)
    try {
      const response = await act()
      if (!response.ok) return response
      const text = await response.clone().text()
      const type = response.headers.get('content-type') ?? ''
      entry.done = { status: response.status, type, sealed: sealText(text, words, random) }
      return response
    } finally {
      if (entry.done === undefined && kept.get(id) === entry) kept.delete(id)
    }
  }
}

function repeated({ fingerprint, done }: Kept, asked: string, words: string): Response {
  if (fingerprint !== asked)
    throw new AdminProblem('repeat-differs', {
      detail: 'This Idempotency-Key came before, with another path, query or body. Take a new one.',
    })
  if (done === undefined)
    throw new AdminProblem('under-way', {
      detail: 'The first request with this Idempotency-Key is under way.',
      headers: { 'retry-after': '1' },
    })
  return new Response(openSealedText(done.sealed, words), {
    status: done.status,
    headers: { 'content-type': done.type, [REPLAYED_HEADER]: 'true', ...SAFE_HEADERS },
  })
}

function readWords(headers: Headers): string | undefined {
  const text = headers.get(IDEMPOTENCY_HEADER)
  if (text === null) return undefined
  const words = readIdempotencyKey(text)
  if (words !== undefined) return words
  throw new AdminProblem('invalid-request', { detail: IDEMPOTENCY_KEY_FORM })
}
