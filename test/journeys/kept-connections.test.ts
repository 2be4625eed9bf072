import { describe, expect, test } from 'bun:test'
import {
  openRawUpstream,
  RAW_LAST_CHUNK,
  RAW_STREAM,
  rawAnswer,
  type RawCall,
} from '../../src/kit/raw-upstream.fixture.ts'
import { MODES, type Mode } from '../modes.ts'
import { ask } from './asking.ts'
import { openHouse, providerEntry, type House, type Records } from './open-house.ts'

const MEMBERS = { id: 'c1', created: 1_764_000_000, model: 'm' }
const COMPLETION = {
  ...MEMBERS,
  object: 'chat.completion',
  choices: [{ index: 0, message: { role: 'assistant', content: 'hello' }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 9, completion_tokens: 1, total_tokens: 10 },
}
const CHUNK = {
  ...MEMBERS,
  object: 'chat.completion.chunk',
  choices: [{ index: 0, delta: { role: 'assistant', content: 'hello' }, finish_reason: 'stop' }],
}

/** Answers in the form that was asked for. */
function answer(call: RawCall): void {
  if (!call.body.includes('"stream":true')) {
    return call.write(rawAnswer(JSON.stringify(COMPLETION), { 'content-type': 'application/json' }))
  }
  call.write(RAW_STREAM)
  call.chunk(`data: ${JSON.stringify(CHUNK)}\n\n`)
  call.chunk('data: [DONE]\n\n')
  call.write(RAW_LAST_CHUNK)
}

/** Runs a house before a provider that is scripted byte by byte, and gives what was written down. */
async function withProvider(
  script: (call: RawCall) => void | Promise<void>,
  run: (house: House) => Promise<void>,
): Promise<Records> {
  const upstream = await openRawUpstream(script)
  const house = await openHouse({
    providers: () => ({ raw: providerEntry(upstream.url, { dialects: ['openai-chat'] }) }),
  })
  try {
    await run(house)
    return await house.close()
  } finally {
    await house.close()
    await upstream.close()
  }
}

async function statusOf({ url, gateway }: House, mode: Mode): Promise<number> {
  const question = { dialect: 'openai-chat', mode, model: 'raw/m', key: gateway.key } as const
  return (await ask(url, question)).status
}

describe.each(MODES)('a connection that was kept (%s)', (mode) => {
  test('and closed meanwhile costs no request its answer, however many there are', async () => {
    const callers = 20
    const all = Promise.withResolvers<void>()
    let waiting = 0
    // Every connection breaks when it is used again; none is given back before there are as many as callers.
    const { ledger } = await withProvider(
      async (call) => {
        if (call.request > 1) return call.reset()
        if (++waiting === callers) all.resolve()
        await all.promise
        answer(call)
      },
      async (house) => {
        const next = (): Promise<number> => statusOf(house, mode)
        const statuses = await Promise.all(Array.from({ length: callers }, next))
        for (let again = 0; again < callers / 2; again += 1) statuses.push(await next())
        statuses.push(...(await Promise.all(Array.from({ length: callers }, next))))
        expect(new Set(statuses)).toEqual(new Set([200]))
      },
    )
    const stale = ledger.filter(({ outcome }) => outcome === 'stale-connection')
    expect(stale.length).toBeGreaterThan(1)
    expect(new Set(stale.map(({ basis }) => basis))).toEqual(new Set(['none']))
    expect(ledger.filter(({ outcome }) => outcome === 'ok')).toHaveLength(2.5 * callers)
  })
})

describe.each(MODES)('a connection of which it is certain that it is new (%s)', (mode) => {
  test('is not tried again for free when it breaks', async () => {
    const { ledger } = await withProvider(
      (call) => call.reset(),
      async (house) => {
        expect(await statusOf(house, mode)).toBe(502)
      },
    )
    expect(ledger).toMatchObject([{ outcome: 'connection-reset', basis: 'counted' }])
  })
})
