import { describe, expect, test } from 'bun:test'
import type { Exchange } from '../exchange/exchange.ts'
import type { Turn } from '../exchange/chat.ts'
import { textsOf } from '../exchange/request-texts.ts'
import type { Check, Checked } from './check.ts'
import { language } from './kinds/language.ts'
import type { GuardrailKind } from './kinds/kind.ts'
import { SAMPLE_KIND_PARTS } from './kinds/kind-parts.fixture.ts'
import { size } from './kinds/size.ts'
import { topics } from './kinds/topics.ts'

const ENGLISH = 'Could you please tell me how the heating in our office is switched off when nobody is there?'
const FRENCH = "Pouvez-vous me dire comment éteindre le chauffage dans notre bureau quand il n'y a personne ?"

const say = (role: Turn['role'], text: string): Turn => ({ role, blocks: [{ type: 'text', text }] })

function asked(...turns: readonly Turn[]): Checked {
  const request = { operation: 'chat', model: 'm', stream: false, wantsUsage: false, turns } as const
  return {
    phase: 'input',
    texts: textsOf(request),
    exchange: { request } as unknown as Exchange,
    signal: new AbortController().signal,
  }
}

const answered = (...texts: readonly string[]): Checked => ({ ...asked(), phase: 'output', texts })

function compile(kind: GuardrailKind, options: unknown): Check {
  const compiled = kind.schema.parse(options).compile(SAMPLE_KIND_PARTS)
  if ('problems' in compiled || compiled.check === undefined) throw new RangeError(JSON.stringify(compiled))
  return compiled.check
}

describe('language', () => {
  const check = compile(language, { allow: ['en', 'de'] })

  test('is that of people, and not of those who run it', async () => {
    expect(await check.judge(asked(say('system', FRENCH), say('user', ENGLISH)))).toEqual({})
    expect(await check.judge(asked(say('system', ENGLISH), say('user', FRENCH)))).toEqual({
      found: { fr: 1 },
    })
    expect(await check.judge(answered(FRENCH, ENGLISH))).toEqual({ found: { fr: 1 } })
  })

  test('of what is short or mixed nothing is said', async () => {
    expect(await check.judge(asked(say('user', 'Merci bien'), say('user', 'Bonjour')))).toEqual({})
  })
})

test('size: of all texts together', async () => {
  const check = compile(size, { max_characters: 100, max_tokens: 1_000 })
  expect(await check.judge(asked(say('user', 'x'.repeat(60)), say('user', 'y'.repeat(40))))).toEqual({})
  expect(await check.judge(asked(say('user', 'x'.repeat(60)), say('user', 'y'.repeat(41))))).toEqual({
    found: { characters: 1 },
  })
  expect(await check.judge(answered('word '.repeat(4_000)))).toEqual({ found: { characters: 1, tokens: 1 } })
  expect(size.schema.safeParse({}).success).toBe(false)
})

describe('topics', () => {
  const check = compile(topics, {
    deny: { tax: ['income tax', 'tax return', 'VAT'], pets: ['cat', 'dog'] },
    threshold: 2,
  })

  test('are found where enough different words of one stand in all texts together, with their places', async () => {
    const first = 'My Tax Return is late.'
    const second = 'And the VAT, too. The cat sleeps, the cat eats.'
    expect(await check.judge(asked(say('user', first), say('user', second)))).toEqual({
      found: { tax: 2 },
      places: new Map([
        [first, [{ name: 'tax', start: 3, end: 13 }]],
        [second, [{ name: 'tax', start: 8, end: 11 }]],
      ]),
    })
    expect(await check.judge(asked(say('user', 'The cat sleeps. VAT is 19 %.')))).toEqual({})
  })

  test('one that can never be found is an error', () => {
    expect(
      topics.schema.parse({ deny: { a: ['one'] }, threshold: 2 }).compile(SAMPLE_KIND_PARTS),
    ).toMatchObject({
      problems: [{ path: ['deny', 'a'] }],
    })
  })
})
