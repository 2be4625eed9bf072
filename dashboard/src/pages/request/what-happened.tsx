import type { ReactNode } from 'react'
import { durationText } from '../../words/numbers.ts'
import type { AttemptTold, Candidate } from './candidates.ts'

/** What became of a candidate: how its attempts ended, or that it was not asked. */
export function WhatHappened({
  candidate,
  isAnswered,
}: {
  readonly candidate: Candidate
  readonly isAnswered: boolean
}): ReactNode {
  const { attempts, isEligible } = candidate
  if (attempts.length === 0) {
    const why = !isEligible ? 'not asked' : isAnswered ? 'not needed' : 'not reached'
    return <span className="soft">{why}</span>
  }
  return attempts.map((attempt) => (
    <span key={attempt.id} className="ended">
      <Ended attempt={attempt} />
    </span>
  ))
}

function Ended({
  attempt: { outcome, status, durationMs, firstEventMs },
}: {
  readonly attempt: AttemptTold
}): ReactNode {
  const after = durationMs === undefined ? '' : ` after ${durationText(durationMs)}`
  if (outcome !== 'ok')
    return (
      <>
        <span className="bad">{[status, outcome].filter((part) => part !== undefined).join(' ')}</span>
        {after}
      </>
    )
  return (
    <>
      <b className="strong">answered</b>
      {after}
      {firstEventMs === undefined ||
      firstEventMs === durationMs ||
      (durationMs ?? 0) - firstEventMs < 1 ? null : (
        <span className="sub">first event {durationText(firstEventMs)}</span>
      )}
    </>
  )
}

/** Whether any of them gave the answer. */
export function wasAnswered(candidates: readonly Candidate[]): boolean {
  return candidates.some(isServing)
}

/** Whether this one gave the answer. */
export function isServing({ attempts }: Candidate): boolean {
  return attempts.some(({ outcome }) => outcome === 'ok')
}
