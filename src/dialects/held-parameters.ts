import type { ChatRequest } from '../exchange/chat.ts'
import type { Mutable } from '../kit/mutable.ts'
import { readObject, type JsonObject } from '../kit/json.ts'
import type { Body, Fates, Parameter } from './fates.ts'
import { Parameters, parametersIn } from './parameters.ts'
import { isEmpty } from './unknown-members.ts'

/** Where the parameters of a wire stand that has most of them in one object of the body. */
export interface Holder {
  readonly key: string
  /** Those that stand beside it. */
  readonly beside: readonly Parameter[]
}

/** As `Parameters`, for a wire that has most of them in one object of the body. What is unknown in there stays in there. */
export class HeldParameters<To> {
  readonly fates: Fates<To>
  readonly #key: string
  readonly #beside: Parameters<To>
  readonly #held: Parameters<To>

  /** @param others known fields of a body that hold no parameters */
  constructor(fates: Fates<To>, others: readonly string[], { key, beside }: Holder) {
    this.fates = fates
    this.#key = key
    this.#beside = new Parameters(fates, [...others, key], beside)
    const names = parametersIn(fates).filter((name) => !beside.includes(name))
    this.#held = new Parameters(fates, [], names)
  }

  read(request: Mutable<ChatRequest>, body: JsonObject): JsonObject | undefined {
    const beside = this.#beside.read(request, body)
    const held = this.#held.read(request, readObject(body, this.#key) ?? NOTHING)
    return held === undefined ? beside : { ...beside, [this.#key]: held }
  }

  write(chat: ChatRequest, to: To, body: Body): void {
    this.#write(chat, to, { body, how: 'write' })
  }

  writeCounted(chat: ChatRequest, to: To, body: Body): void {
    this.#write(chat, to, { body, how: 'writeCounted' })
  }

  #write(chat: ChatRequest, to: To, { body, how }: Writing): void {
    const held: Body = { ...readObject(body, this.#key) }
    this.#held[how](chat, to, held)
    this.#beside[how](chat, to, body)
    body[this.#key] = isEmpty(held) ? undefined : held
  }
}

interface Writing {
  readonly body: Body
  readonly how: 'write' | 'writeCounted'
}

const NOTHING: JsonObject = {}
