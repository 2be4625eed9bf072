import type { Ending } from '../exchange/ending.ts'
import { Failure } from '../exchange/failure.ts'

/** The memory that bodies of requests may take, in all and for the clients at one address. */
export interface BodyLimits {
  readonly totalBytes: number
  readonly addressBytes: number
}

/** Counts the bytes of the bodies that are held, from the moment they are announced until their exchanges are over. */
export interface BodyBudget {
  /** Opens an account for one body from a client, whose address is looked up when the body is not a small one. */
  hold(client: { readonly address: string }): BodyHold
  readonly heldBytes: number
}

/** The bytes of one body; given back when its exchange has ended. */
export interface BodyHold extends Ending {
  /** Takes so many more bytes. Throws `overloaded` or `bodies-of-address` when they do not fit, and then takes none. */
  take(bytes: number): void
}

/** What is left of the body would be taken for the next request of the connection. */
const CLOSE = { connection: 'close' }
const RETRY_MS = 1_000
/** As many of these as there may be requests at once fit into any budget; they are counted in all, and on nobody's account. */
const SMALL_BYTES = 16 * 1024

/** Creates the budget. It remembers addresses only as long as bodies from there are held. */
export function createBodyBudget({ totalBytes, addressBytes }: BodyLimits): BodyBudget {
  const byAddress = new Map<string, number>()
  let heldBytes = 0

  const count = (address: string, bytes: number): void => {
    const held = (byAddress.get(address) ?? 0) + bytes
    if (held > 0) byAddress.set(address, held)
    else byAddress.delete(address)
  }

  return {
    get heldBytes() {
      return heldBytes
    },
    hold(client) {
      let own = 0
      let address: string | undefined
      return {
        take(bytes) {
          if (heldBytes + bytes > totalBytes) throw full()
          if (own + bytes > SMALL_BYTES) {
            // What it held as a small one moves to the account of its address.
            const counted = address === undefined ? own + bytes : bytes
            const known = address ?? client.address
            if ((byAddress.get(known) ?? 0) + counted > addressBytes) throw addressFull(addressBytes)
            count(known, counted)
            address = known
          }
          own += bytes
          heldBytes += bytes
        },
        ended() {
          heldBytes -= own
          if (address !== undefined) count(address, -own)
          own = 0
          address = undefined
        },
      }
    },
  }
}

function full(): Failure {
  return new Failure('overloaded', {
    message:
      'The bodies of the requests under way take all the memory that is set aside for them. Try again shortly.',
    retryAfterMs: RETRY_MS,
    headers: CLOSE,
  })
}

function addressFull(limitBytes: number): Failure {
  return new Failure('bodies-of-address', {
    retryAfterMs: RETRY_MS,
    facts: { limit_bytes: limitBytes },
    headers: CLOSE,
  })
}
