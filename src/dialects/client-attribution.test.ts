import { expect, test } from 'bun:test'
import type { Quirks } from '../exchange/target.ts'
import { holdsAttribution, withoutAttribution } from './client-attribution.ts'

const LINE = 'x-anthropic-billing-header: cc_version=1; cch=a1;'

function strip(texts: readonly string[], quirks: Quirks = {}) {
  const notices: string[] = []
  const parts = texts.map((text) => ({ type: 'text', text }))
  const kept = withoutAttribution(parts, { quirks, notice: (code, at) => notices.push(`${code}=${at}`) })
  return { parts, kept, notices, texts: kept.map(({ text }) => text) }
}

test('an attribution line is recognised at the head of a text only', () => {
  const found = (text: string) => holdsAttribution([{ type: 'text', text }], {})
  expect(found(LINE)).toBe(true)
  expect(found(`  ${LINE}`)).toBe(true)
  expect(found(`Explain ${LINE} please`)).toBe(false)
  expect(holdsAttribution([null, 1, LINE, {}, { text: 1 }], {})).toBe(false)
})

test('a part that was nothing else goes, what stands below the line is kept, and it is told once', () => {
  const { texts, notices } = strip([LINE, `${LINE}\n\nYou are a helper.\nBe kind.`, 'Be brief.'])
  expect(texts).toEqual(['You are a helper.\nBe kind.', 'Be brief.'])
  expect(notices).toEqual(['attribution.stripped=system'])
})

test('a prompt without the line is given back as it is, and so is all where the target reads the line', () => {
  const plain = strip(['You are a helper.'])
  expect(plain.kept).toBe(plain.parts)
  const vendor = strip([LINE, 'You are a helper.'], { keepAttribution: true })
  expect(vendor.kept).toBe(vendor.parts)
  expect([...plain.notices, ...vendor.notices]).toEqual([])
})
