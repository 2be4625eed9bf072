import { z } from 'zod'
import { defined } from '../../kit/defined.ts'
import { isArray, isObject, readString, type Json, type JsonObject } from '../../kit/json.ts'
import { LIMITS } from '../../kit/limits.ts'
import { webhookKey } from '../../kit/standard-webhook.ts'
import { defineContract, type Asked } from './contract.ts'
import type { Proof } from './letter.ts'
import { WordLookUp } from './look-up.ts'
import { jsonHeaders, secretOption, urlOption } from './options.ts'
import { packTexts, type Portion } from '../portions.ts'
import type { Reading, Seen } from './seen.ts'
import { createSpanReader, OFFSET_UNITS, type OffsetUnit, type ReadSpan } from './spans.ts'

const CAPACITY = { characters: 200_000, portions: 500 }

/** A server of one's own, in the contract of docs/guard-webhooks.md, signed as Standard Webhooks has it where there is a secret. */
export const generic = defineContract({
  type: 'generic',
  says: 'a server of your own, in a contract of ours',
  tellsPlaces: true,
  options: z.strictObject({
    url: urlOption,
    key: secretOption.optional(),
    secret: secretOption
      .optional()
      .describe('generic: what it is signed with (Standard Webhooks), whsec_ and base64 behind it.'),
    offsets: z
      .enum(OFFSET_UNITS, { error: OFFSET_UNITS.join(' or ') })
      .optional()
      .describe(
        'generic: how it counts characters, as code points (Python, Go, Rust; default) or in units of UTF-16 (JavaScript, Java, C#).',
      ),
  }),
  secrets: ['key', 'secret'],
  open({ url, key, secret, offsets = 'code-points' }, secretOf) {
    const signing = secretOf(secret)
    const signingKey = signing && webhookKey(signing)
    if (signing !== undefined && signingKey === undefined) return NO_SIGNING_KEY
    const headers = jsonHeaders(secretOf(key))
    const proof: Proof | undefined = signingKey && { by: 'webhook', key: signingKey }
    return {
      ask: (asked) =>
        packTexts(asked.texts, CAPACITY).map((portions) => ({
          url,
          headers,
          body: JSON.stringify(messageOf(asked, portions)),
          ...defined({ proof }),
          read: (answer) => readFound(answer, portions, offsets),
        })),
    }
  },
})

const NO_SIGNING_KEY = {
  option: 'secret',
  message: 'expected whsec_ and 24 to 64 bytes in base64 behind it',
  hint: 'Make one with: echo "whsec_$(openssl rand -base64 32)"',
}

function messageOf({ guardrail, phase, exchange }: Asked, portions: readonly Portion[]): JsonObject {
  const { id, startedAtMs, trail, caller } = exchange
  return {
    type: 'guardrail.check',
    timestamp: new Date(startedAtMs).toISOString(),
    data: {
      guardrail,
      phase,
      request: {
        id,
        key: caller.keyName,
        ...defined({ route: trail.route, project: caller.owners.project }),
      },
      texts: portions.map(({ words }) => words),
    },
  }
}

function readFound(answer: Json, portions: readonly Portion[], unit: OffsetUnit): Reading {
  const found = isObject(answer) ? answer['found'] : undefined
  if (!isArray(found)) return undefined
  const reader = new FoundReader(portions, unit)
  const seen: Seen[] = []
  for (const one of found) {
    const read = isObject(one) ? reader.read(one) : undefined
    if (read === undefined) return undefined
    for (const each of read) seen.push(each)
    // Beyond this nobody looks at the rest.
    if (seen.length > LIMITS.hookFindings) return seen
  }
  return seen
}

/** Reads what was found: somewhere, in one text (`text`), at a place of it (`start`, `end`), or wherever some words stand (`value`). */
class FoundReader {
  readonly #portions: readonly Portion[]
  readonly #unit: OffsetUnit
  readonly #words: WordLookUp
  /** Made where something is found: most texts of a letter have nothing. */
  readonly #spans = new Map<Portion, ReadSpan>()

  constructor(portions: readonly Portion[], unit: OffsetUnit) {
    this.#portions = portions
    this.#unit = unit
    this.#words = new WordLookUp(portions)
  }

  read(one: JsonObject): Reading {
    const name = readString(one, 'name')
    if (name === undefined) return undefined
    const { text, value } = one
    if (isAbsent(text)) return hasSpan(one) ? undefined : this.#anywhere(name, value)
    const portion = typeof text === 'number' ? this.#portions[text] : undefined
    if (portion === undefined) return undefined
    if (!hasSpan(one)) return this.#anywhere(name, value, portion)
    const span = this.#spansOf(portion)(one['start'], one['end'])
    return span && [{ name, place: { portion, ...span } }]
  }

  #anywhere(name: string, value: Json | undefined, within?: Portion): Reading {
    if (isAbsent(value)) return [{ name }]
    return typeof value === 'string' ? this.#words.find(name, value, within) : undefined
  }

  #spansOf(portion: Portion): ReadSpan {
    const known = this.#spans.get(portion)
    if (known !== undefined) return known
    const reader = createSpanReader(portion.words, this.#unit)
    this.#spans.set(portion, reader)
    return reader
  }
}

/** Some write what is not there as null. */
function isAbsent(value: Json | undefined): boolean {
  return value === undefined || value === null
}

function hasSpan({ start, end }: JsonObject): boolean {
  return !isAbsent(start) || !isAbsent(end)
}
