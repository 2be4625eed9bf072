import { z } from 'zod'
import { defined } from '../../kit/defined.ts'
import { isArray, isObject, readNumber, readString, type Json } from '../../kit/json.ts'
import { defineContract } from './contract.ts'
import { joinPortions, type Joined } from './joined.ts'
import { jsonHeaders, secretOption, tokenOption, trimUrl, urlOption } from './options.ts'
import { packTexts } from '../portions.ts'
import type { Reading, Seen } from './seen.ts'
import { createSpanReader } from './spans.ts'

/** It looks at about this much in the time that a request has for it; more are asked about at once. */
const CAPACITY = { characters: 25_000, portions: 1_000 }

const LANGUAGE = 'a language of two letters such as en'
const THRESHOLD = 'a number from 0 to 1'

/**
 * The analyzer of Presidio, which finds personal data and says where it stands (`POST /analyze`,
 * https://microsoft.github.io/presidio/api-docs/api-docs.html). It takes one text at a time, and counts characters as Python does.
 */
export const presidio = defineContract({
  type: 'presidio',
  says: 'the analyzer of Presidio, which finds personal data',
  tellsPlaces: true,
  options: z.strictObject({
    url: urlOption,
    key: secretOption.optional(),
    language: z
      .string({ error: LANGUAGE })
      .regex(/^[a-z]{2}$/, { error: LANGUAGE })
      .optional()
      .describe('presidio: the language of the texts. Default: en.'),
    entities: z
      .array(tokenOption)
      .min(1, { error: 'at least one entity' })
      .max(200, { error: 'at most 200 entities' })
      .optional()
      .describe('presidio: what is looked for, such as PERSON. Default: everything that it knows.'),
    threshold: z
      .number({ error: THRESHOLD })
      .min(0, { error: THRESHOLD })
      .max(1, { error: THRESHOLD })
      .optional()
      .describe('presidio: how sure it must be. Default: as it is set up.'),
  }),
  secrets: ['key'],
  open({ url, key, language = 'en', entities, threshold }, secretOf) {
    const address = `${trimUrl(url)}/analyze`
    const headers = jsonHeaders(secretOf(key))
    const wanted = defined({ entities, score_threshold: threshold })
    return {
      ask: ({ texts }) =>
        packTexts(texts, CAPACITY).map((portions) => {
          const joined = joinPortions(portions)
          return {
            url: address,
            headers,
            body: JSON.stringify({ text: joined.words, language, ...wanted }),
            read: (answer) => readAnalysis(answer, joined, threshold),
          }
        }),
    }
  },
})

function readAnalysis(answer: Json, joined: Joined, threshold = 0): Reading {
  if (!isArray(answer)) return undefined
  const readSpan = createSpanReader(joined.words, 'code-points')
  const seen: Seen[] = []
  for (const result of answer) {
    if (!isObject(result)) return undefined
    const name = readString(result, 'entity_type')
    const span = readSpan(result['start'], result['end'])
    if (name === undefined || span === undefined) return undefined
    if ((readNumber(result, 'score') ?? 1) < threshold) continue
    for (const place of joined.placesAt(span)) seen.push({ name, place })
  }
  return seen
}
