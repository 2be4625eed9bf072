import { expect, test } from 'bun:test'
import { createTestSettings } from '../../experiments/canaries.fixture.ts'
import type { SimilarTerms } from '../../exchange/similar.ts'
import { createManualClock } from '../../kit/manual-clock.fixture.ts'
import { SILENT } from '../../telemetry/silent-telemetry.fixture.ts'
import { KeptTrust } from './kept-trust.ts'
import { NO_ENTRY_TRUST } from './threshold.ts'
import { LIMITS } from '../../kit/limits.ts'
import type { IndexEvents, SimilarityIndex } from './index-thread.ts'
import { createIndexHere } from '../../policies/cache/similar-kept.fixture.ts'
import { readQuestion } from './read-question.ts'
import { SimilarEntries } from './similar-entries.ts'

const TERMS: SimilarTerms = {
  embeddings: 'one/vectors',
  epsilon: 0.01,
  least: 0.5,
  waitMs: 80,
  budget: { limitNanoUsd: 1n, window: 'day' },
}
const PLACE = { id: 'faq', terms: TERMS }
const at = (angle: number): Float32Array => Float32Array.of(Math.cos(angle), Math.sin(angle))
const asked = (text: string, angle: number) => ({
  reading: readQuestion(text),
  vector: at(angle),
  least: TERMS.least,
})

async function createWorld(settings = createTestSettings()) {
  const clock = createManualClock()
  const trusts = await KeptTrust.open({ settings, clock, telemetry: SILENT })
  let events: IndexEvents | undefined
  const lost: string[] = []
  const create = (given: IndexEvents): SimilarityIndex => {
    events = given
    return createIndexHere(given)
  }
  const entries = new SimilarEntries(trusts, (reason) => void lost.push(reason), create)
  return { entries, trusts, clock, settings, lost, loseIndex: () => events?.onLost('killed') }
}

test('the nearest is given that nothing stands against, else what stands against the nearest of all', async () => {
  const { entries } = await createWorld()
  const own = entries.partition('p', PLACE)
  entries.add(own, { reading: readQuestion('What is the fee for 3 bags?'), answerKey: 'a' }, at(0.01))
  entries.add(own, { reading: readQuestion('What is the fee for 2 bags?'), answerKey: 'b' }, at(0.3))
  const found = await entries.nearest(own, asked('what is the fee for four bags', 0))
  expect(found).toMatchObject({ against: 'numbers' })
  expect(await entries.nearest(own, asked('what is the fee for two bags', 0))).toMatchObject({
    entry: { answerKey: 'b' },
  })
  expect(await entries.nearest(own, asked('what is the fee for 2 bags', 2))).toBeUndefined()
})

test('an entry that was wrong twice is gone, and one answer has one entry', async () => {
  const { entries } = await createWorld()
  const own = entries.partition('p', PLACE)
  const question = { reading: readQuestion('What is the fee?'), answerKey: 'a' }
  entries.add(own, question, at(0))
  entries.add(own, question, at(0.1))
  expect(entries.size).toBe(1)
  const [entry] = own.entries.values()
  if (entry === undefined) throw new Error('nothing was added')
  entries.tighten(own, entry, 0.9)
  expect(entry.trust.floor).toBe(0.9)
  entries.tighten(own, entry, 0.95)
  expect(entries.size).toBe(0)
  expect(await entries.nearest(own, asked('What is the fee?', 0))).toBeUndefined()
})

test('a partition holds no more than it may, the least used go first, and a lost index is an empty one', async () => {
  const { entries, lost, loseIndex } = await createWorld()
  const own = entries.partition('p', PLACE)
  const reading = readQuestion('What is the fee?')
  const most = LIMITS.similarPartitionEntries
  for (let count = 0; count < most; count += 1)
    entries.add(own, { reading, answerKey: `${count}` }, at(count))
  const [first] = own.entries.values()
  if (first !== undefined) entries.renew(own, first)
  entries.add(own, { reading, answerKey: 'one more' }, at(1))
  expect(own.entries.size).toBe(most)
  expect(own.ids.has('0')).toBe(true)
  expect(own.ids.has('1')).toBe(false)
  loseIndex()
  expect(lost).toEqual(['killed'])
  expect(entries.size).toBe(0)
  // Who still holds the old partition fills nothing that nobody finds.
  entries.add(own, { reading, answerKey: 'late' }, at(1))
  expect(entries.size).toBe(0)
})

test('what was learned outlives the process, on the terms that it was learned on', async () => {
  const first = await createWorld()
  const own = first.entries.partition('p', PLACE)
  for (let time = 0; time < 600; time += 1)
    first.entries.learn(own, { of: 'explore', similarity: 0.99, isRight: true })
  expect(own.trust.allows(0.99, NO_ENTRY_TRUST)).toBe(true)
  expect(await first.settings.get('similar-trust')).toBeUndefined()
  first.clock.advance(10_000)
  await first.trusts.close()

  const { entries, trusts } = await createWorld(first.settings)
  const again = entries.partition('p', PLACE)
  expect(again.trust.allows(0.99, NO_ENTRY_TRUST)).toBe(true)
  for (const other of [
    entries.partition('q', PLACE),
    entries.partition('p', { ...PLACE, terms: { ...TERMS, judge: 'j' } }),
  ])
    expect(other.trust.allows(0.99, NO_ENTRY_TRUST)).toBe(false)
  const back = entries.partition('p', PLACE)
  for (let time = 0; time < 9; time += 1)
    entries.learn(back, { of: 'audit', similarity: 0.99, isRight: false })
  await trusts.close()
  const last = await createWorld(first.settings)
  expect(last.entries.partition('p', PLACE).isOff).toBe(true)
  last.entries.forget('fa')
  expect(last.entries.partition('p', PLACE).isOff).toBe(true)
  last.entries.forget('faq')
  expect(last.entries.partition('p', PLACE).isOff).toBe(false)
  await last.trusts.close()
  expect((await createWorld(first.settings)).entries.partition('p', PLACE).isOff).toBe(false)
})

test('what is stored and cannot be read is as nothing', async () => {
  const settings = createTestSettings()
  await settings.set('similar-trust', '{"a":[[1,2],[-1,0]],"b":{},"c":[],"d":[[1,1],[2,0]]}')
  const { trusts } = await createWorld(settings)
  expect(['a', 'b', 'c'].map((key) => trusts.find(key))).toEqual([undefined, undefined, undefined])
  expect(trusts.find('d')).toMatchObject({ bands: [{ right: 1, wrong: 1 }], audits: { right: 2, wrong: 0 } })
})
