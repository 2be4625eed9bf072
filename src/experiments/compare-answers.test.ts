import { describe, expect, test } from 'bun:test'
import type { Message } from '../exchange/collect.ts'
import type { Block } from '../exchange/content.ts'
import { NO_USAGE } from '../exchange/usage.ts'
import { compareAnswers } from './compare-answers.ts'

const say = (...blocks: readonly Block[]): Message => ({
  choices: [{ index: 0, blocks, logprobs: [] }],
  usage: NO_USAGE,
})
const text = (words: string): Message => say({ type: 'text', text: words })
const call = (name: string, args: string): Block => ({
  type: 'tool-call',
  id: `id-${args.length}`,
  name,
  arguments: args,
  form: 'json',
})

describe('comparing answers', () => {
  test('words are compared as sets, however they are written', () => {
    expect(compareAnswers(text('The cat sat.'), text('the CAT sat'))).toEqual({
      lengths: [12, 11],
      sameRefusal: true,
      jaccard: 1,
    })
    expect(compareAnswers(text('a b c'), text('b c d')).jaccard).toBe(0.5)
    expect(compareAnswers(text(''), text('')).jaccard).toBe(1)
    expect(compareAnswers(text('ja'), text('')).jaccard).toBe(0)
  })

  test('tools are the same where names and arguments are, in whatever order and spelling', () => {
    const ours = say(call('find', '{"a":1,"b":[2]}'), call('stop', '{}'))
    expect(compareAnswers(ours, say(call('stop', '{ }'), call('find', '{"b":[2], "a":1}'))).sameTools).toBe(
      true,
    )
    expect(compareAnswers(ours, say(call('find', '{"a":2,"b":[2]}'), call('stop', '{}'))).sameTools).toBe(
      false,
    )
    expect(compareAnswers(ours, text('no')).sameTools).toBe(false)
    expect(compareAnswers(text('no'), ours).sameTools).toBe(false)
  })

  test('JSON is the same whatever the order of its members', () => {
    expect(compareAnswers(text('{"a":1,"b":2}'), text(' {"b":2,"a":1}')).sameJson).toBe(true)
    expect(compareAnswers(text('{"a":1}'), text('{"a":2}')).sameJson).toBe(false)
    expect(compareAnswers(text('[1]'), text('one')).sameJson).toBe(false)
    expect(compareAnswers(text('{broken'), text('{broken'))).not.toHaveProperty('sameJson')
  })

  test('a refusal is told from an answer', () => {
    const refusal = say({ type: 'refusal', text: 'I cannot.' })
    expect(compareAnswers(text('Sure.'), refusal).sameRefusal).toBe(false)
    expect(compareAnswers(refusal, refusal).sameRefusal).toBe(true)
  })
})
