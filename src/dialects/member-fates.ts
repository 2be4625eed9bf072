import type { RequestSpine } from '../exchange/operations/operation-row.ts'
import type { JsonObject } from '../kit/json.ts'
import type { Mutable } from '../kit/mutable.ts'
import type { NativeContext } from './dialect.ts'
import type { Body, Fate } from './fates.ts'
import { isEmpty, unknownMembers } from './unknown-members.ts'

/*
 * Law 17 for questions that are objects of fields, as `Fates` and `Parameters` are for chats: what becomes of each member of such a
 * question in a dialect.
 */

/** A question on its way to one target. */
export type Asking<Request> = Omit<NativeContext, 'request'> & { readonly request: Request }

/** What a question says beside what all requests say. */
type Member<Request extends RequestSpine> = Exclude<keyof Request, keyof RequestSpine>

/** Clients have to be able to say what no question is without. */
type MemberFate<Request, M extends keyof Request> = Fate<NonNullable<Request[M]>, Asking<Request>> &
  (Request extends Readonly<Record<M, unknown>>
    ? { readonly read: (body: JsonObject, rest: Body) => Request[M] }
    : unknown)

/** One fate for each member of a question. A dialect that says nothing about one does not compile. */
export type MemberFates<Request extends RequestSpine> = {
  readonly [M in Member<Request>]-?: MemberFate<Request, M>
}

/** The members of a question, as their fates say: read from clients, and told to providers. */
export class Members<Request extends RequestSpine> {
  readonly #fates: MemberFates<Request>
  readonly #names: readonly Member<Request>[]
  readonly #known: ReadonlySet<string>

  /** @param others known fields of a body that hold no members */
  constructor(fates: MemberFates<Request>, others: readonly string[]) {
    this.#fates = fates
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of a table are exactly what its type says
    this.#names = Object.keys(fates) as Member<Request>[]
    const kept = this.#names.filter((name) => fates[name].becomes === 'kept')
    this.#known = new Set([...others, ...kept.flatMap((name) => fates[name].names)])
  }

  /**
   * Reads all members of a body into a request, and gives what only the family understands: the fields that are not known, and what
   * was left of the known ones. Throws `Failure('invalid-request', { param })`.
   */
  read(request: Mutable<Partial<Request>>, body: JsonObject): JsonObject | undefined {
    const rest: Body = {}
    for (const name of this.#names) this.#readOne(request, name, { body, rest })
    const unknown = { ...unknownMembers(body, this.#known), ...rest }
    return isEmpty(unknown) ? undefined : unknown
  }

  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- it ties the fate to its member
  #readOne<M extends Member<Request>>(
    request: Mutable<Partial<Request>>,
    name: M,
    { body, rest }: Written,
  ): void {
    const { read }: Fate<NonNullable<Request[M]>, Asking<Request>> = this.#fates[name]
    const value = read?.(body, rest)
    if (value !== undefined) request[name] = value
  }

  /**
   * Tells a provider of all members. Throws `Failure('unsupported-feature', { param })` for what cannot be told and must not be left
   * out.
   *
   * @param body holds the unknown fields of the same family, which known ones join
   */
  write(to: Asking<Request>, body: Body): void {
    for (const name of this.#names) this.#writeOne(to, name, body)
  }

  // oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- it ties the fate to its member
  #writeOne<M extends Member<Request>>(to: Asking<Request>, name: M, body: Body): void {
    const { write, otherwise }: Fate<NonNullable<Request[M]>, Asking<Request>> = this.#fates[name]
    const value = to.request[name]
    if (value === undefined || value === null) otherwise?.(to, body)
    else write?.(value, to, body)
  }
}

/** What a client wrote, and what is left of it that only its family understands. */
interface Written {
  readonly body: JsonObject
  readonly rest: Body
}
