import type { EndListener } from '../exchange/watcher.ts'
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
export interface BodyHold extends EndListener {
  /** Takes so many more bytes. Throws `overloaded` or `bodies-of-address` when they do not fit, and then takes none. */
  take(bytes: number): void
}

/** The rest of a body that was refused may still come: on a connection that stays open it would be read as the next request. */
const CLOSE = { connection: 'close' }
const RETRY_MS = 1_000
/** As many of these as there may be requests at once fit into any budget; they are counted in all, and on nobody's account. */
const SMALL_BYTES = 16 * 1024

/** Creates the budget. It remembers addresses only as long as bodies from there are held. */
export function createBodyBudget(limits: BodyLimits): BodyBudget {
  return new Books(limits)
}

class Books implements BodyBudget {
  heldBytes = 0
  readonly #limits: BodyLimits
  readonly #byAddress = new Map<string, number>()

  constructor(limits: BodyLimits) {
    this.#limits = limits
  }

  hold(client: { readonly address: string }): BodyHold {
    return new Account(this, client)
  }

  /** Throws where so many bytes more do not fit into the budget. */
  checkTotal(bytes: number): void {
    if (this.heldBytes + bytes > this.#limits.totalBytes) throw full()
  }

  /** Counts bytes on an address. Throws where it may not hold so many more. */
  take(address: string, bytes: number): void {
    const held = (this.#byAddress.get(address) ?? 0) + bytes
    if (held > this.#limits.addressBytes) throw addressFull(this.#limits.addressBytes)
    this.#byAddress.set(address, held)
  }

  giveBack(address: string, bytes: number): void {
    const held = (this.#byAddress.get(address) ?? 0) - bytes
    if (held > 0) this.#byAddress.set(address, held)
    else this.#byAddress.delete(address)
  }
}

/** One object and no closures, because every request opens one. */
class Account implements BodyHold {
  readonly #books: Books
  readonly #client: { readonly address: string }
  #own = 0
  #address: string | undefined

  constructor(books: Books, client: { readonly address: string }) {
    this.#books = books
    this.#client = client
  }

  take(bytes: number): void {
    this.#books.checkTotal(bytes)
    if (this.#own + bytes > SMALL_BYTES) {
      const address = this.#address ?? this.#client.address
      // What it held as a small one moves to the account of its address.
      this.#books.take(address, this.#address === undefined ? this.#own + bytes : bytes)
      this.#address = address
    }
    this.#own += bytes
    this.#books.heldBytes += bytes
  }

  onEnd(): void {
    this.#books.heldBytes -= this.#own
    if (this.#address !== undefined) this.#books.giveBack(this.#address, this.#own)
    this.#own = 0
    this.#address = undefined
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
