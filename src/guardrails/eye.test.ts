import { expect, test } from 'bun:test'
import { Eye, type Looking } from './eye.ts'
import { HeldText } from './held-text.ts'

const GUARDRAIL = {
  name: 'words',
  kind: 'sample',
  phases: ['output'],
  looker: { reach: 64, look: (text) => (text.startsWith('!') ? [{ start: 0, end: 1, name: 'mark' }] : []) },
  action: { type: 'mask', restore: false },
  isShadow: false,
  budgetMs: 50,
  onError: 'block',
} as const satisfies Looking

/** Looks at a stream of many pieces, each of which takes so long. */
function look(pieces: number, eachMs: number): Eye {
  let nowMs = 0
  const elapsedMs = (): number => (nowMs += eachMs)
  const eye = new Eye(GUARDRAIL, 'output', { elapsedMs, onDefect() {} })
  const held = new HeldText([eye], () => '')
  for (let piece = 0; piece < pieces; piece += 1) held.push('!four')
  return eye
}

test('a long stream of small pieces may take as long as it takes to look at each of them', () => {
  expect(look(20_000, 0.005).blocks).toBe(false)
})

test('one that takes too long has failed, whatever it has found', () => {
  const eye = look(20_000, 0.05)
  expect(eye.blocks).toBe(true)
  expect(eye.finding()).toMatchObject({ verdict: 'blocked', found: { mark: 1 } })
})
