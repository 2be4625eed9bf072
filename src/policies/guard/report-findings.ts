import type { Exchange } from '../../exchange/exchange.ts'
import { GuardRecord, type GuardPhase } from '../../exchange/guard.ts'
import type { Opinion } from '../../guardrails/opinion.ts'
import type { Telemetry } from '../../telemetry/telemetry.ts'

interface Report {
  readonly exchange: Exchange
  readonly phase: GuardPhase
  readonly opinions: readonly Opinion[]
}

/** Takes down and counts what guardrails have found in a phase. */
export function reportFindings(telemetry: Telemetry, { exchange, phase, opinions }: Report): void {
  const record = (exchange.trail.guard ??= new GuardRecord())
  const findings = opinions.map((opinion) => opinion.finding())
  for (const finding of findings) record.note(finding)
  exchange.trail.decide({
    step: 'guard',
    phase,
    verdicts: findings.map(({ phase: _phase, ...verdict }) => verdict),
  })
  for (const { guardrail, spentMs } of opinions)
    telemetry.observe('gatehouse_guardrail_seconds', spentMs / 1_000, { guardrail: guardrail.name, phase })
  for (const { guardrail, verdict, shadow } of findings)
    telemetry.count('gatehouse_guardrail_verdicts_total', {
      guardrail,
      phase,
      verdict,
      mode: shadow === true ? 'shadow' : 'enforce',
    })
}
