import { expect, test } from 'bun:test'
import { Failure } from '../exchange/failure.ts'
import { parseBody, parseSteps, type ParsedBody } from './parse-body.ts'

const encoder = new TextEncoder()

/** What is made of a text, in one go and in steps. */
function outcomes(text: string): readonly (ParsedBody | string)[] {
  return [parseBody, inSteps].map((parse) => {
    try {
      return parse(encoder.encode(text))
    } catch (error) {
      return error instanceof Failure ? `${error.code}: ${error.message}` : String(error)
    }
  })
}

function inSteps(bytes: Uint8Array): ParsedBody {
  const steps = parseSteps(bytes)
  for (;;) {
    const { done, value } = steps.next()
    if (done === true && value !== undefined) return value
  }
}

test.each([
  '{"messages":[{"role":"user","content":"mine","content":"yours"}]}',
  '{"messages":[{"role":"user","content":"mine","c\\u006fntent":"yours"}]}',
  '{"a":{"b":{},"b":{}}}',
  '{"a":[[],{"__proto__":1,"__proto__":2}]}',
])('what says a member twice is refused at any depth: %s', (text) => {
  for (const outcome of outcomes(text))
    expect(outcome).toMatch(/^invalid-json: The request body says a member twice/)
})

test.each([
  '{}',
  ' { "a" : [ ] , "b" : { } , "c" : [ 1 , [ 2 , { "d" : null } ] , "," , "{\\"x\\":1}" ] } ',
  '{"n":12345678901234567890,"m":[1e400,{"__proto__":{"a":1},"constructor":1}]}',
  '{"a":{"x":1},"b":{"x":1,"":2}}',
])('and nothing else is: %s', (text) => {
  for (const outcome of outcomes(text)) expect(outcome).toMatchObject({ form: 'json' })
})
