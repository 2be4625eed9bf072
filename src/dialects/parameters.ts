import type { ChatRequest } from '../exchange/chat.ts'
import { setDefined, type Mutable } from '../kit/mutable.ts'
import type { JsonObject } from '../kit/json.ts'
import type { Body, Fate, Fates, Parameter } from './fates.ts'
import { unknownMembers } from './unknown-members.ts'

type Read = (request: Mutable<ChatRequest>, body: JsonObject, rest: Body) => void
type Write<To> = (chat: ChatRequest, to: To, body: Body) => void

/** The parameters of a dialect, as its fates say: read from its clients, and told to its providers. */
export class Parameters<To> {
  readonly fates: Fates<To>
  /** The fields of which a model that takes no sampling parameters is not told. */
  readonly sampling: readonly string[]
  readonly #known: ReadonlySet<string>
  /** By field, so that a small body costs little; each reads nothing but the fields of its parameter. */
  readonly #readers: ReadonlyMap<string, readonly Read[]>
  readonly #writers: readonly Write<To>[]
  readonly #counted: readonly Write<To>[]
  readonly #uncounted: readonly string[]

  /**
   * @param others known fields of a body that hold no parameters
   * @param names those that stand in it, where others stand elsewhere
   */
  constructor(
    fates: Fates<To>,
    others: readonly string[],
    names: readonly Parameter[] = parametersIn(fates),
  ) {
    this.fates = fates
    const said = names.filter((name) => fates[name].becomes === 'kept')
    this.sampling = said.filter((name) => fates[name].sampling === true).flatMap((name) => fates[name].names)
    this.#known = new Set([...others, ...said.flatMap((name) => fates[name].names)])
    this.#readers = readersByField(fates, names)
    this.#writers = names.flatMap((name) => writerOf(fates, name))
    const counted = names.filter((name) => fates[name].counted === true)
    this.#counted = counted.flatMap((name) => writerOf(fates, name))
    this.#uncounted = said.filter((name) => !counted.includes(name)).flatMap((name) => fates[name].names)
  }

  /**
   * Reads all parameters of a body, and gives what only the family understands: the fields that are not known, and what was left of
   * the known ones. Throws `Failure('invalid-request', { param })`.
   */
  read(request: Mutable<ChatRequest>, body: JsonObject): JsonObject | undefined {
    const rest: Body = {}
    for (const field in body) {
      const readers = this.#readers.get(field)
      if (readers !== undefined) for (const read of readers) read(request, body, rest)
    }
    const unknown = unknownMembers(body, this.#known)
    for (const _name in rest) return { ...unknown, ...rest }
    return unknown
  }

  /**
   * Tells a provider what it takes of the parameters, with a notice for everything else. Throws `Failure('unsupported-feature')`
   * for what cannot be told and must not be left out.
   *
   * @param body holds the unknown fields of the same family, which known ones join
   */
  write(chat: ChatRequest, to: To, body: Body): void {
    for (const write of this.#writers) write(chat, to, body)
  }

  /** The same where tokens are only counted: sampling and delivery are not spoken of. */
  writeCounted(chat: ChatRequest, to: To, body: Body): void {
    for (const name of this.#uncounted) body[name] = undefined
    for (const write of this.#counted) write(chat, to, body)
  }
}

/** All parameters. */
export function parametersIn(fates: object): readonly Parameter[] {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of a table are exactly what its type says
  return Object.keys(fates) as Parameter[]
}

function readersByField(
  fates: Fates<never>,
  names: readonly Parameter[],
): ReadonlyMap<string, readonly Read[]> {
  const readers = new Map<string, readonly Read[]>()
  for (const name of names) {
    for (const field of fates[name].names)
      readers.set(field, [...(readers.get(field) ?? []), ...readerOf(fates, name)])
  }
  return readers
}

// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- it ties the fate to its parameter
function readerOf<To, P extends Parameter>(fates: Fates<To>, name: P): readonly Read[] {
  const { read }: Fate<NonNullable<ChatRequest[P]>, To> = fates[name]
  return read === undefined ? [] : [(request, body, rest) => setDefined(request, name, read(body, rest))]
}

// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- it ties the fate to its parameter
function writerOf<To, P extends Parameter>(fates: Fates<To>, name: P): readonly Write<To>[] {
  const { write, otherwise }: Fate<NonNullable<ChatRequest[P]>, To> = fates[name]
  if (write === undefined && otherwise === undefined) return []
  return [
    (chat, to, body) => {
      const value = chat[name]
      if (value === undefined || value === null) otherwise?.(to, body)
      else write?.(value, to, body)
    },
  ]
}
