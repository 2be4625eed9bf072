import type { Exchange } from '../../exchange/exchange.ts'
import type { GuardPhase, GuardRecord } from '../../exchange/guard.ts'
import type { Eye } from '../../guardrails/eye.ts'
import type { Telemetry } from '../../telemetry/telemetry.ts'

interface Report {
  readonly exchange: Exchange
  readonly record: GuardRecord
  readonly phase: GuardPhase
  readonly eyes: readonly Eye[]
}

/** Takes down and counts what guardrails have found in a phase. */
export function reportFindings(telemetry: Telemetry, { exchange, record, phase, eyes }: Report): void {
  const findings = eyes.map((eye) => eye.finding())
  for (const finding of findings) record.note(finding)
  exchange.trail.decide({
    step: 'guard',
    phase,
    verdicts: findings.map(({ phase: _phase, ...verdict }) => verdict),
  })
  for (const { guardrail, spentMs } of eyes)
    telemetry.observe('gatehouse_guardrail_seconds', spentMs / 1_000, { guardrail: guardrail.name, phase })
  for (const { guardrail, verdict, shadow } of findings)
    telemetry.count('gatehouse_guardrail_verdicts_total', {
      guardrail,
      phase,
      verdict,
      mode: shadow === true ? 'shadow' : 'enforce',
    })
}
