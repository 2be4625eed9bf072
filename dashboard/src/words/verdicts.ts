import type { Tone } from '../parts/state.tsx'

const TONES: Readonly<Record<string, Tone | undefined>> = {
  passed: 'soft',
  flagged: 'info',
  masked: 'good',
  restricted: 'good',
  blocked: 'bad',
  failed: 'warn',
}

/** How a verdict looks; one of a guardrail in shadow mode is never more than something to know. */
export function verdictTone(verdict: string, isShadow: boolean): Tone {
  const tone = TONES[verdict] ?? 'soft'
  return isShadow && tone !== 'soft' ? 'info' : tone
}

/** A verdict in words: `masked`, or `would be masked` of a guardrail in shadow mode. */
export function verdictText(verdict: string, isShadow: boolean): string {
  if (!isShadow || verdict === 'passed' || verdict === 'failed') return verdict
  return `would be ${verdict}`
}

const PHASES: Readonly<Record<string, string | undefined>> = {
  input: 'what is asked',
  output: 'what is answered',
}

/** A phase in words. */
export function phaseText(phase: string): string {
  return PHASES[phase] ?? phase
}
