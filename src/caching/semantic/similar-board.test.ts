import { expect, test } from 'bun:test'
import { createTestSettings } from '../../experiments/canaries.fixture.ts'
import type { SimilarTerms } from '../../exchange/similar.ts'
import { SILENT } from '../../telemetry/silent-telemetry.fixture.ts'
import { SimilarBoard } from './similar-board.ts'

const TERMS: SimilarTerms = {
  embeddings: 'one/vectors',
  epsilon: 0.01,
  least: 0.85,
  waitMs: 80,
  budget: { limitNanoUsd: 1n, window: 'day' },
}

test('a route that audits have refuted is off, over restarts, until its terms are said otherwise', async () => {
  const settings = createTestSettings()
  const telemetry = SILENT
  const board = await SimilarBoard.open({ settings, telemetry })
  for (let time = 0; time < 100; time += 1) board.add('faq', TERMS, true)
  expect(board.of('faq', TERMS)?.isRefuted).toBe(false)
  for (let time = 0; time < 30; time += 1) board.add('faq', TERMS, false)
  expect(board.of('faq', TERMS)?.isRefuted).toBe(true)
  board.add('other', TERMS, true)
  await board.close()

  const later = await SimilarBoard.open({ settings, telemetry })
  expect(later.of('faq', TERMS)?.isRefuted).toBe(true)
  expect(later.of('faq', TERMS)?.found).toEqual({ right: 100, wrong: 30 })
  expect(later.of('other', TERMS)?.isRefuted).toBe(false)
  // The time that is waited, and what audits may cost, are not what was refuted.
  expect(later.of('faq', { ...TERMS, waitMs: 10 })?.isRefuted).toBe(true)
  expect(later.of('faq', { ...TERMS, judge: 'judge' })?.isRefuted).toBe(false)

  const last = await SimilarBoard.open({ settings, telemetry })
  last.forget('faq', TERMS)
  await last.close()
  expect((await SimilarBoard.open({ settings, telemetry })).of('faq', TERMS)?.audits).toBe(0)
})

test('what is stored and cannot be read is as nothing', async () => {
  const settings = createTestSettings()
  await settings.set('similar-answers', '{"faq":{"terms":1},"other":[]}')
  const board = await SimilarBoard.open({ settings, telemetry: SILENT })
  expect(board.of('faq', TERMS)?.audits).toBe(0)
})
