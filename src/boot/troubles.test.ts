import { expect, test } from 'bun:test'
import { LIMITS } from '../kit/limits.ts'
import { troublesOf, type Keepers } from './troubles.ts'

const WELL: Keepers = {
  ledger: { available: true, journalFailure: undefined, stalledMs: 0, refusal: undefined },
  keys: { staleMs: 250, failure: undefined },
  log: { stalledMs: 40, refusal: undefined, isPaused: false },
  files: { lost: undefined },
}

test('what moves is no trouble', () => {
  expect(troublesOf(WELL)).toEqual([])
})

test('a journal that cannot be written makes the gateway unready at once', () => {
  const ledger = { ...WELL.ledger, available: false, journalFailure: 'write failed: ENOSPC' }
  expect(troublesOf({ ...WELL, ledger })).toEqual([
    {
      part: 'journal',
      text: 'the journal cannot be written (write failed: ENOSPC): requests are refused',
      unready: true,
    },
  ])
})

test('a full queue makes it unready, and so do rows and keys that have stood still for long', () => {
  const full = { ...WELL.ledger, available: false }
  expect(troublesOf({ ...WELL, ledger: full })).toMatchObject([{ part: 'ledger', unready: true }])
  for (const [forMs, unready] of [
    [LIMITS.stalledMs + 1, false],
    [LIMITS.unreadyAfterMs + 1, true],
  ] as const) {
    const ledger = { ...WELL.ledger, stalledMs: forMs, refusal: 'database is locked' }
    const keys = { staleMs: forMs, failure: 'disk I/O error' }
    const log = { stalledMs: forMs, refusal: undefined, isPaused: false }
    const found = troublesOf({ ...WELL, ledger, keys, log })
    expect(found.map((trouble) => [trouble.part, trouble.unready])).toEqual([
      ['ledger', unready],
      ['keys', unready],
      ['request-log', false],
    ])
    expect(found[0]?.text).toContain('(database is locked)')
    expect(found[1]?.text).toContain('(disk I/O error)')
  }
})

test('a file that was removed makes it unready at once: what it takes nobody will find', () => {
  const found = troublesOf({ ...WELL, files: { lost: '/data/gatehouse.db' } })
  expect(found).toMatchObject([{ part: 'files', unready: true }])
  expect(found[0]?.text).toStartWith('/data/gatehouse.db was removed: ')
})

test('a log that pauses for want of room is told and changes nothing', () => {
  const log = { ...WELL.log, isPaused: true }
  expect(troublesOf({ ...WELL, log })).toMatchObject([{ part: 'request-log', unready: false }])
})

test('a sink that takes nothing is told with why, and with what is lost to it', () => {
  const archive = { name: 'archive', stalledMs: 65_000, refusal: 'status 403', waiting: 9, delivered: 5 }
  expect(
    troublesOf({
      ...WELL,
      sinks: [
        { ...archive, lost: 0 },
        { ...archive, lost: 0, stalledMs: 0 },
      ],
    }),
  ).toEqual([
    { part: 'telemetry', text: 'archive has not been delivered for 65 s (status 403)', unready: false },
  ])
  const [trouble] = troublesOf({ ...WELL, sinks: [{ ...archive, lost: 12 }] })
  expect(trouble?.text).toEndWith('; 12 requests are lost to it since the start')
})
