import { expect, test } from 'bun:test'
import { sampleCaller } from '../../exchange/caller.fixture.ts'
import type { ChatEvent } from '../../exchange/chat-content.ts'
import { collect } from '../../exchange/collect.ts'
import type { Owners } from '../../exchange/owner.ts'
import type { ResponseChunk } from '../../exchange/response.ts'
import type { GuardAction, Guardrail } from '../../guardrails/guardrail.ts'
import { createKeyedPlaceholders } from '../../guardrails/placeholders.ts'
import { createHmacSha256Hex } from '../../kit/hash.ts'
import { createSeededRandom } from '../../kit/random.ts'
import { LIMITS } from '../../kit/limits.ts'
import { sampleExchange } from '../samples.fixture.ts'
import { createRestoreAnswer } from './restore-answer.ts'
import { sampleVault } from './vault.fixture.ts'

/*
 * What was masked in one request is put back in the answer to a later one of the same, which does not say it: a provider holds the
 * conversation.
 */

const AT = { choice: 0, index: 0 } as const
const MAIL = 'ana "the boss" <ana@example.com>'
const OWNERS: Owners = { project: 'site', key: 'one' }
const REMEMBER: GuardAction = { type: 'mask', restore: true, rememberMs: 86_400_000 }

const rule = (changes: Partial<Guardrail> = {}) =>
  ({ name: 'data', phases: ['input'], action: REMEMBER, isShadow: false, ...changes }) as Guardrail

/** What a block of an answer says. */
function textIn(told: readonly ChatEvent[]): string {
  const [block] = collect(told).choices[0]?.blocks ?? []
  if (block?.type === 'tool-call') return block.arguments
  return block?.type === 'text' ? block.text : ''
}

/** A house in which a request of Ana was masked, and what its placeholder is. */
async function remembering({ restore = true } = {}) {
  const { vault, store, telemetry } = sampleVault()
  const placeholders = createKeyedPlaceholders(createHmacSha256Hex('key'))({
    owners: OWNERS,
    texts: () => [],
  })
  const placeholder = placeholders.put({
    value: MAIL,
    detector: 'email',
    restore,
    guardrail: 'data',
    rememberMs: 86_400_000,
  })
  vault.keep(placeholders.masked, { whose: { owners: OWNERS, customer: 'ana' }, requestId: 'req_0' })
  await vault.holds({ owners: OWNERS, customer: 'ana' })

  /** What is told of an answer that says these pieces, to whom. */
  const tell = async (
    pieces: readonly string[],
    { rules = [rule()], owners = OWNERS, customer = 'ana', tool = false } = {},
  ) => {
    const begin: ChatEvent = tool
      ? {
          type: 'block-start',
          ...AT,
          block: { type: 'tool-call', id: 'c', name: 'n', arguments: '', form: 'json' },
        }
      : { type: 'block-start', ...AT, block: { type: 'text', text: '' } }
    const deltas = pieces.map((text): ChatEvent => ({
      type: tool ? 'arguments-delta' : 'text-delta',
      ...AT,
      text,
    }))
    const events: readonly ChatEvent[] = [
      { type: 'start' },
      begin,
      ...deltas,
      { type: 'block-end', ...AT },
      { type: 'finish', choice: 0, reason: 'stop' },
      { type: 'end' },
    ]
    const chunks: ResponseChunk[] = events.map((event) => ({ events: [event] }))
    const exchange = sampleExchange({ caller: { ...sampleCaller(), owners }, requestOptions: { customer } })
    const layer = createRestoreAnswer({ terms: { all: rules }, telemetry, vault })
    const { source } = await layer(async () => ({
      from: { kind: 'gateway', model: 'm' },
      headers: {},
      source: { next: async () => chunks.shift(), cancel() {} },
    }))(exchange)
    const told: ChatEvent[] = []
    for (let left = events.length; left > 0; left -= 1)
      told.push(...(((await source.next())?.events ?? []) as ChatEvent[]))
    return { text: textIn(told), told, trail: exchange.trail, steps: exchange.trail.steps }
  }
  return { store, telemetry, placeholder, tell }
}

test('a placeholder that the request does not say is put back, wherever it is cut', async () => {
  const { placeholder, tell, telemetry } = await remembering()
  expect(placeholder).toMatch(/^<EMAIL_[0-9A-Z]{8}>$/)
  for (let cut = 1; cut < placeholder.length; cut += 1) {
    const { text, trail, steps } = await tell([
      `Dear ${placeholder.slice(0, cut)}`,
      `${placeholder.slice(cut)}!`,
    ])
    expect(text).toBe(`Dear ${MAIL}!`)
    expect(trail.contentAccess).toBe('rewrite')
    expect(steps).toEqual([{ step: 'restore', restored: {}, remembered: { data: 1 } }])
  }
  expect(telemetry.counts.get('gatehouse_guardrail_restored_total{guardrail=data,from=vault}')).toBe(
    placeholder.length - 1,
  )
})

test('however an answer is cut, what is remembered is put back and all else stays', async () => {
  const { placeholder, tell } = await remembering()
  const random = createSeededRandom(80)
  const below = (count: number): number => (random.bytes(1)[0] ?? 0) % count
  const words = [
    placeholder,
    '<',
    '<EMAIL_',
    '<EMAIL_0000BBBB>',
    placeholder.slice(0, -1),
    '>',
    ' and ',
    '😀',
  ]
  for (let round = 0; round < 500; round += 1) {
    const said = Array.from({ length: 1 + below(8) }, () => words[below(words.length)] ?? '').join('')
    const pieces: string[] = []
    for (let at = 0; at < said.length; at = pieces.join('').length)
      pieces.push(said.slice(at, at + 1 + below(9)))
    const { text } = await tell(pieces)
    expect(text).toBe(said.replaceAll(placeholder, MAIL))
  }
})

test('in arguments of tools it is put back as JSON has it', async () => {
  const { placeholder, tell } = await remembering()
  const spelled = `\\u003c${placeholder.slice(1, -1)}\\u003e`
  const { text } = await tell([`{"to":"${spelled.slice(0, 3)}`, `${spelled.slice(3)}"}`], { tool: true })
  expect(JSON.parse(text)).toEqual({ to: MAIL })
})

test.each([
  ['another project of the same organisation', {}, { owners: { ...OWNERS, project: 'shop' } }],
  ['another customer', {}, { customer: 'bob' }],
  ['a request for which another guardrail remembers', {}, { rules: [rule({ name: 'other' })] }],
  ['a request for which none remembers', {}, { rules: [rule({ action: { type: 'mask', restore: true } })] }],
  ['a request of another route', {}, { rules: [rule({ routes: ['other'] })] }],
  ['a guardrail in shadow mode', {}, { rules: [rule({ isShadow: true })] }],
  ['a guardrail that puts nothing back', {}, { rules: [rule({ action: { ...REMEMBER, restore: false } })] }],
  ['what was masked without being put back', { restore: false }, {}],
])('it stays what it is for %s', async (_name, before, now) => {
  const { placeholder, tell } = await remembering(before)
  expect((await tell([`Dear ${placeholder}!`], now)).text).toBe(`Dear ${placeholder}!`)
})

test('where nothing is remembered of whom it is for, bytes pass, and nobody looks', async () => {
  const { placeholder, tell, store } = await remembering()
  const { trail, steps } = await tell([placeholder], { customer: 'bob' })
  expect([trail.contentAccess, steps.length, store.asked]).toEqual(['none', 0, 0])
})

test('what nobody knows stays, and is counted; what is no placeholder is not held', async () => {
  const { tell, telemetry } = await remembering()
  const said = 'a <b>, <EMAIL_0000BBBB>, <USER_NAME>, <EMAIL_0000'
  const { text, steps, told } = await tell(['a <b>', said.slice(5)])
  expect(text).toBe(said)
  expect(told[2]).toMatchObject({ text: 'a <b>' })
  expect(steps).toEqual([{ step: 'restore', restored: {}, unknown: 1 }])
  expect(telemetry.counts.get('gatehouse_guardrail_unknown_placeholders_total{}')).toBe(1)
})

test('of a million placeholders in an answer no more are looked up than may be, and each once', async () => {
  const { placeholder, tell, store } = await remembering()
  const many = Array.from({ length: 100_000 }, (_, index) => {
    const digits = index.toString(4).padStart(10, '0')
    return `<EMAIL_${digits}>`
  }).join('')
  const pieces = [`${placeholder}${placeholder}`, ...Array.from({ length: 10 }, () => many)]
  const { text, steps } = await tell(pieces)
  expect(text === `${MAIL}${MAIL}${many.repeat(10)}`).toBe(true)
  expect(store.asked).toBe(LIMITS.vaultLookUps)
  expect(steps).toMatchObject([{ remembered: { data: 2 }, unknown: 1_000_000 }])
}, 30_000)

test('where the store cannot be read, the answer is told with placeholders', async () => {
  const { placeholder, tell, store, telemetry } = await remembering()
  store.isBroken = true
  expect((await tell([`Dear ${placeholder}!`])).text).toBe(`Dear ${placeholder}!`)
  expect(telemetry.lines).toEqual(['warn: masked values that are remembered could not be read'])
})
