import { expect, test } from 'bun:test'
import { requestRow } from '../../../test/contract/request-row.ts'
import { LIMITS } from '../../kit/limits.ts'
import type { RequestRow } from '../../store/store.ts'
import { createTelemetry } from '../../telemetry/log.ts'
import { writeMetrics } from '../../telemetry/prometheus.ts'
import { createRegistry } from '../../telemetry/registry.ts'
import { OwnerMetrics } from './owner-metrics.ts'

function counted(...rows: Partial<RequestRow>[]): string {
  const registry = createRegistry()
  const owners = new OwnerMetrics(
    createTelemetry({ registry, level: 'info', nowMs: () => 0, write: () => undefined }),
  )
  for (const row of rows) owners.count(requestRow('req_1', row))
  return writeMetrics(registry.read())
}

test('requests, tokens and real money are counted by team and project', () => {
  const owners = { key: 'k', project: 'shop', team: 'web' }
  const row = {
    owners,
    outcome: 'ok',
    inputTokens: 7,
    outputTokens: 2,
    costNanoUsd: 500_000_000n,
    simulated: false,
  }
  const text = counted(row, { ...row, outcome: 'internal' }, { ...row, simulated: true })
  for (const line of [
    'gatehouse_owner_requests_total{team="web",project="shop",outcome="ok"} 2',
    'gatehouse_owner_requests_total{team="web",project="shop",outcome="failed"} 1',
    'gatehouse_owner_tokens_total{team="web",project="shop",kind="input"} 21',
    'gatehouse_owner_cost_usd_total{team="web",project="shop"} 1',
  ])
    expect(text).toContain(`${line}\n`)
})

test('who has neither is not counted, and there are only so many', () => {
  expect(counted({ owners: { key: 'k' } })).toBe('')
  const many = Array.from({ length: LIMITS.metricOwners + 3 }, (_none, index) => ({
    owners: { project: `p${index}` },
  }))
  const text = counted(...many)
  expect(text).toContain('team="__other__",project="__other__"')
  expect(text.split('\n').filter((line) => line.startsWith('gatehouse_owner_cost_usd_total{'))).toHaveLength(
    LIMITS.metricOwners + 1,
  )
})
