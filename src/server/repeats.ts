import { Failure } from '../exchange/failure.ts'
import { canonicalJson } from '../kit/canonical-json.ts'
import type { Clock } from '../kit/clock.ts'
import { IDEMPOTENCY_HEADER, IDEMPOTENCY_KEY_FORM, readIdempotencyKey } from '../kit/idempotency-key.ts'
import { LIMITS } from '../kit/limits.ts'
import type { Random } from '../kit/random.ts'
import { openSealedBytes, sealBytes } from '../kit/sealed-text.ts'
import type { KeptReply, ReplyRoom, ReplyStore } from '../store/kept-replies.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import type { IncomingRequest } from './incoming-request.ts'
import { packReply, unpackReply, type Reply, type Told } from './packed-reply.ts'
import { parseBody } from './parse-body.ts'
import { ReplyTurn, type ReplyKeeping } from './reply-turn.ts'

const ROOM: ReplyRoom = {
  ownerBytes: LIMITS.ownerReplyBytes,
  ownerReplies: LIMITS.ownerReplies,
  bytes: LIMITS.repliesBytes,
  replies: LIMITS.replies,
}
/** Seconds after which a client is to ask again whose first request is under way. */
const SOON = '1'
const decoder = new TextDecoder()

export interface RepeatNeeds {
  readonly replies: ReplyStore
  /** A digest under a secret of the installation. */
  readonly hmac: (text: string) => string
  readonly clock: Clock
  readonly random: Random
  readonly telemetry: Telemetry
}

/** A request with an idempotency key, its body read. */
export interface AskedOnce {
  readonly incoming: IncomingRequest
  readonly bytes: Uint8Array
  /** Id of the caller's key. */
  readonly owner: string
  /** Names under which a key may stand in the query, which does not count. */
  readonly keyParameters: readonly string[]
  /** May the caller still have what was said of it? */
  readonly mayHave: (reply: Reply) => boolean
}

/** Has requests with an idempotency key answered once, and those that repeat them with what was answered. */
export interface Repeats {
  /**
   * The place of a request: the first gets its turn, a repetition the reply. Rejects with `Failure`: `invalid-request` for what is no key,
   * `idempotency-key-in-use` while the first is under way, `idempotency-key-reused` for another request, `store-unavailable`.
   */
  enter(asked: AskedOnce): Promise<ReplyTurn | Reply>
}

/**
 * Creates them. Which are under way is known here: one process serves from a store. What was answered lies in the store, packed, and sealed
 * by a digest of the key that the store does not have.
 */
export function createRepeats(needs: RepeatNeeds): Repeats {
  return new OpenRepeats(needs)
}

class OpenRepeats implements Repeats {
  readonly #needs: RepeatNeeds
  /** What is asked by those under way. There are no more than requests under way at all. */
  readonly #underWay = new Map<string, string>()

  constructor(needs: RepeatNeeds) {
    this.#needs = needs
  }

  async enter(asked: AskedOnce): Promise<ReplyTurn | Reply> {
    const { hmac } = this.#needs
    const words = wordsOf(asked.incoming)
    const who = JSON.stringify([asked.owner, words])
    const id = hmac(`reply ${who}`)
    const print = hmac(whatIsAsked(asked))
    this.#meet(id, print)
    this.#underWay.set(id, print)
    const seal = hmac(`seal ${who}`)
    try {
      const kept = await this.#find(id)
      if (kept !== undefined && kept.print !== print) throw this.#differs()
      const reply = kept === undefined ? undefined : await unpackReply(openSealedBytes(kept.sealed, seal))
      if (reply !== undefined && asked.mayHave(reply)) {
        this.#count('replayed')
        this.#underWay.delete(id)
        return reply
      }
    } catch (thrown) {
      this.#underWay.delete(id)
      throw thrown
    }
    const owner = hmac(`owner ${asked.owner}`)
    return new ReplyTurn(this.#keeping({ id, owner, print, seal }))
  }

  /** Refuses while the first of the same key is under way. */
  #meet(id: string, print: string): void {
    const before = this.#underWay.get(id)
    if (before === undefined) return
    if (before !== print) throw this.#differs()
    this.#count('in-use')
    throw new Failure('idempotency-key-in-use', { headers: { 'retry-after': SOON } })
  }

  #differs(): Failure {
    this.#count('reused')
    return new Failure('idempotency-key-reused')
  }

  async #find(id: string): Promise<KeptReply | undefined> {
    const { replies, clock } = this.#needs
    try {
      return await replies.find(id, clock.nowMs() - LIMITS.repeatMs)
    } catch (cause) {
      throw new Failure('store-unavailable', { cause })
    }
  }

  #keeping({ id, owner, print, seal }: Omit<KeptReply, 'atMs' | 'sealed'> & { seal: string }): ReplyKeeping {
    const { replies, clock, random, telemetry } = this.#needs
    return {
      keep: async (told: Told, pieces: readonly Uint8Array[]) => {
        try {
          const sealed = sealBytes(await packReply(told, pieces), seal, random)
          await replies.put({ id, owner, atMs: clock.nowMs(), print, sealed }, ROOM)
          this.#count('kept')
        } catch (error) {
          this.#count('lost')
          telemetry.log('warn', 'an answer to a request with an idempotency key is not kept', {
            requestId: told.requestId,
            error,
          })
        }
      },
      tooLarge: () => this.#count('too-large'),
      letGo: () => this.#underWay.delete(id),
    }
  }

  #count(outcome: string): void {
    this.#needs.telemetry.count('gatehouse_idempotent_requests_total', { outcome })
  }
}

function wordsOf({ request }: IncomingRequest): string {
  const words = readIdempotencyKey(request.headers.get(IDEMPOTENCY_HEADER) ?? '')
  if (words === undefined)
    throw new Failure('invalid-request', { param: IDEMPOTENCY_HEADER, message: IDEMPOTENCY_KEY_FORM })
  return words
}

/**
 * Method, path, query and body as a text that is the same for the same request. Bodies of JSON are the same in whatever order their members
 * stand; large ones, which would hold everybody else up, only byte by byte.
 */
function whatIsAsked({ incoming, bytes, keyParameters }: AskedOnce): string {
  const { request, destination, match } = incoming
  const query = [...(destination.query ?? [])].filter(([name]) => !keyParameters.includes(name))
  const isJson = match?.codec.takesNoBody !== true && bytes.length <= LIMITS.largeBodyBytes
  const body = isJson ? canonicalJson(parseBody(bytes).json) : decoder.decode(bytes)
  return `${JSON.stringify([request.method, destination.path, query])}\n${body}`
}
