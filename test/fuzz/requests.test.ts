import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { Complaints, PATIENCE_MS, sample } from './budget.ts'
import { validBodies } from './canonical-samples.ts'
import { damageJson, firstPlaces, jsonDamages, ODD_VALUES, pick, withText } from './damaged-json.ts'
import { named } from './every-codec.ts'
import { handleRequest, TAKING_BODIES, understand, wrongIn } from './handle-request.ts'

/*
 * Requests that are nearly right, at every endpoint: each is understood, or refused as the client's mistake, in its dialect and with
 * the name of what is wrong. What was understood can be counted, passed and written for every dialect, or is refused likewise.
 */

const CASES = fc.record({ which: fc.nat(9_999), damages: jsonDamages })

/** Of the odd values, those that every value is replaced by; the others take turns. */
const ALWAYS = 3
const IN_TURN = 1

describe.each(TAKING_BODIES.map(named))('%s', (_name, endpoint) => {
  const bodies = validBodies(endpoint)
  const check = (texts: Iterable<string>, complain: (text: string) => string | undefined): void => {
    const complaints = new Complaints()
    for (const text of texts) complaints.add(complain(text), text)
    expect(complaints.all).toEqual([])
  }

  test(
    'what is nearly right is understood, or refused with the name of what is wrong',
    () => {
      expect(bodies).not.toBeEmpty()
      const cases = sample(CASES, endpoint.operation === 'chat' ? 60 : 20)
      check(
        cases.map(({ which, damages }) => damageJson(pick(bodies, which) ?? {}, damages)),
        (text) => handleRequest(endpoint, text),
      )
    },
    PATIENCE_MS,
  )

  test(
    'no value of a body can be another kind of value, absent or there twice, without a word',
    () => {
      const texts: string[] = []
      for (const { body, at } of firstPlaces(bodies)) {
        const turn = texts.length * IN_TURN
        for (let by = 0; by < ALWAYS + IN_TURN; by += 1)
          texts.push(withText(body, at, pick(ODD_VALUES, by < ALWAYS ? by : by + turn) ?? ''))
        for (const what of ['remove', 'double'] as const) texts.push(damageJson(body, [{ what, at, by: 0 }]))
      }
      check(texts, (text) => wrongIn(endpoint.dialect, () => understand(endpoint, text)))
    },
    PATIENCE_MS,
  )
})
