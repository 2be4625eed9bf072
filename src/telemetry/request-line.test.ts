import { expect, test } from 'bun:test'
import { parseJsonObject } from '../kit/json.ts'
import { endedRequest } from './ended-request.fixture.ts'
import { createTelemetry } from './log.ts'
import { createRegistry } from './registry.ts'
import { createRequestLines, LINE_FIELDS } from './request-line.ts'

function write(changes: Parameters<typeof endedRequest>[0]): string {
  const lines: string[] = []
  const telemetry = createTelemetry({
    registry: createRegistry(),
    level: 'info',
    nowMs: () => 0,
    write: (line) => void lines.push(line),
  })
  createRequestLines('all', telemetry)?.write(endedRequest(changes))
  expect(lines).toHaveLength(1)
  return lines[0] ?? ''
}

test('the line of a request says how it went, what it cost and why, and leaves out what is absent', () => {
  const line = parseJsonObject(
    write({
      route: 'chat',
      target: 'one/a',
      durationMs: 12.345,
      costNanoUsd: 177_000n,
      owners: { key: 'k1', team: 'search' },
      attempts: [
        {
          id: 'att_1',
          target: 'two/b',
          credential: 'two/default',
          outcome: 'provider-error',
          startedMs: 0,
          durationMs: 3,
          basis: 'none',
          simulated: false,
        },
      ],
      steps: [{ step: 'rank', strategy: 'ordered', reason: 'first-in-order', targets: [] }],
    }),
  )
  expect(line).toMatchObject({
    time: '1970-01-01T00:00:00.000Z',
    level: 'info',
    message: 'request',
    requestId: 'req_1',
    route: 'chat',
    attempts: 1,
    tried: 'two/b=provider-error',
    reason: 'first-in-order',
    key: 'k1',
    team: 'search',
    durationMs: 12.3,
    costUsd: '0.000177',
    costState: 'priced',
  })
  expect(Object.keys(line ?? {})).not.toContain('session')
})

test('names that clients chose command no terminal and are cut', () => {
  const line = write({ session: '\u001b[2J\u202e', requestedModel: 'm'.repeat(100_000) })
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  expect(/[\u001b\u202e]/.test(line)).toBe(false)
  expect(line.length).toBeLessThan(5_000)
})

test('docs/telemetry.md tells every field', async () => {
  const page = await Bun.file(new URL('../../docs/telemetry.md', import.meta.url)).text()
  const rows = Object.entries(LINE_FIELDS).map(([name, { says }]) => `| \`${name}\` | ${says} |`)
  expect(rows.filter((row) => !page.includes(row))).toEqual([])
})
