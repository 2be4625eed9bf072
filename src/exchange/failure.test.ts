import { expect, test } from 'bun:test'
import { Failure } from './failure.ts'

test('what a client wrote is quoted in a failure no longer than anybody reads', () => {
  const name = 'z'.repeat(1_000_000)
  const failure = new Failure('invalid-request', {
    param: `logit_bias.${name}`,
    message: `${name} is wrong.`,
  })
  expect(failure.details.param).toStartWith('logit_bias.zzz')
  expect(failure.details.param?.length).toBe(200)
  expect(failure.message).toStartWith('zzz')
  expect(failure.message.length).toBe(2_000)
})
