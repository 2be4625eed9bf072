import { describe, expect, test } from 'bun:test'
import fc from 'fast-check'
import { Complaints, PATIENCE_MS, sample } from './budget.ts'
import { validAnswers, validStreams } from './canonical-samples.ts'
import { pick } from './damaged-json.ts'
import { damageWire, wireDamages } from './damaged-wire.ts'
import { CODECS, named } from './every-codec.ts'
import { handleAnswer } from './handle-answer.ts'

/*
 * Answers that are nearly right, from every dialect for every operation: whatever comes, each reader says how it ended, once, and
 * never throws; what it counted can be charged; and what it told can be written for the clients of every dialect.
 */

const CASES = fc.record({ which: fc.nat(9_999), damages: wireDamages })

describe.each(CODECS.map(named))('%s', (_name, at) => {
  const forms = [
    ['stream', validStreams(at)],
    ['whole', validAnswers(at).map((answer) => JSON.stringify(answer))],
  ] as const

  test.each(forms.filter(([, wires]) => wires.length > 0))(
    'a %s that is nearly right ends once, and can be written for everybody',
    (form, wires) => {
      const complaints = new Complaints()
      for (const { which, damages } of sample(CASES, at.operation === 'chat' ? 40 : 15)) {
        const bytes = damageWire(pick(wires, which) ?? '', damages, at.dialect.framing)
        complaints.add(handleAnswer(at, { bytes, form }), new TextDecoder().decode(bytes))
      }
      expect(complaints.all).toEqual([])
    },
    PATIENCE_MS,
  )
})
