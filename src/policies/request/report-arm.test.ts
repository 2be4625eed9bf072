import { expect, test } from 'bun:test'
import { Failure } from '../../exchange/failure.ts'
import type { FailureCode } from '../../exchange/failure-table.ts'
import { NoticeList } from '../../exchange/notice.ts'
import { Trail } from '../../exchange/trail.ts'
import type { ArmOutcome } from '../../experiments/guard-watch.ts'
import { sampleTarget } from '../../routing/samples.fixture.ts'
import { sampleExchange, sampleResult } from '../samples.fixture.ts'
import { reportArm } from './report-arm.ts'

/** What is told of a request of an arm whose target is `new/a`: how its attempt ended, and how the request did; or that `old/a` answered. */
function told(outcome: FailureCode | 'ok', end: Failure | 'answered-by-old' | undefined): ArmOutcome[] {
  const trail = new Trail()
  const outcomes: ArmOutcome[] = []
  reportArm(sampleExchange({ trail }), ['new/a'], (one) => void outcomes.push(one))
  trail.close(sampleResult({ target: 'new/a', outcome }))
  if (!(end instanceof Failure)) {
    const target = sampleTarget(end === undefined ? 'new/a' : 'old/a')
    trail.serve({ id: 'att_2', target, notices: new NoticeList() })
  }
  trail.end(end instanceof Failure ? end : undefined)
  return outcomes
}

const fails = (code: FailureCode) => told(code, new Failure(code))

test('what the targets of an arm fail at is told, also where somebody else answered', () => {
  for (const code of ['provider-error', 'first-byte-timeout', 'malformed-response'] as const) {
    expect(fails(code)).toEqual([{ isError: true }])
    expect(told(code, 'answered-by-old')).toEqual([{ isError: true }])
  }
  expect(told('provider-unsupported', 'answered-by-old')).toEqual([{ isError: true }])
  expect(told('ok', undefined)).toMatchObject([{ isError: false }])
})

test('what a client can bring about by asking for it says nothing of an arm, so that nobody has it taken back', () => {
  const codes = [
    'provider-rejected',
    'provider-unsupported',
    'provider-too-large',
    'context-overflow',
    'content-refused',
    'stale-seal',
    'client-gone',
    'deadline-exceeded',
  ] as const
  for (const code of codes) expect([code, fails(code)]).toEqual([code, []])
})

test('who was outrun by another target, or had no room, has not failed', () => {
  expect(told('outrun', 'answered-by-old')).toEqual([])
  expect(told('at-capacity', 'answered-by-old')).toEqual([])
})
