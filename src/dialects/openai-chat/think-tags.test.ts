import { describe, expect, test } from 'bun:test'
import { ThinkTags } from './think-tags.ts'

/** What is told of a text that comes in these pieces. */
function tell(pieces: readonly string[]): { reasoning: string; text: string; order: string } {
  const tags = new ThinkTags()
  const told = { reasoning: '', text: '', order: '' }
  const take = (kind: 'reasoning' | 'text', text: string): void => {
    told[kind] += text
    if (!told.order.endsWith(kind[0] ?? '')) told.order += kind[0]
  }
  for (const piece of pieces) tags.read(piece, take)
  tags.end(take)
  return told
}

const CASES = [
  ['thoughts, then text', '<think>\nHm.\n</think>\n\nYes.', 'Hm.\n', 'Yes.'],
  ['thoughts behind white space', '\n <think>a<b</think>c', 'a<b', 'c'],
  ['text alone', 'Yes, <think> is a tag.', '', 'Yes, <think> is a tag.'],
  ['text that begins like a tag', '<thin ice>', '', '<thin ice>'],
  ['thoughts that never end', '<think>On and on </thi', 'On and on </thi', ''],
  ['no thoughts between the tags', '<think>\n\n</think>\n\nYes.', '', 'Yes.'],
  ['tags further on', '<think>a</think>b<think>c</think>', 'a', 'b<think>c</think>'],
  ['half a tag and nothing else', ' <thi', '', ' <thi'],
  ['nothing', '', '', ''],
] as const

describe('thoughts in the text', () => {
  test.each(CASES)('%s', (_name, whole, reasoning, text) => {
    expect(tell([whole])).toMatchObject({ reasoning, text })
  })

  test.each(CASES)('%s, however it is cut', (_name, whole) => {
    const expected = tell([whole])
    expect(tell(Array.from(whole))).toEqual(expected)
    for (let at = 0; at <= whole.length; at += 1) {
      expect(tell([whole.slice(0, at), whole.slice(at)])).toEqual(expected)
    }
  })

  test('long white space at the beginning is not waited through', () => {
    const tags = new ThinkTags()
    const told: string[] = []
    tags.read(' '.repeat(300), (kind) => void told.push(kind))
    expect(told).toEqual(['text'])
    expect(tags.isOver).toBe(true)
  })
})
