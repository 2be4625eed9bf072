import { expect, test } from 'bun:test'
import { requestRow } from '../../test/contract/request-row.ts'
import { requestLine } from './request-line.ts'

const plain = (text: string): string => text

test('a line says what was used and what it cost, and of a request that no provider was asked neither', () => {
  const asked = requestRow('req_1', { target: 'acme/large', costNanoUsd: 1_000_000n })
  expect(requestLine(asked, plain)).toContain('10→5 tok   $0.001000   req_1')
  const refused = requestRow('req_2', {
    outcome: 'invalid-key',
    status: 401,
    inputTokens: 0,
    outputTokens: 0,
  })
  expect(requestLine(refused, plain)).toMatch(/401 invalid-key {2}20 ms \(gatehouse \d+\.\d\) {3}req_2$/)
})
