import type { Exchange } from '../../exchange/exchange.ts'
import type { GuardSubject } from '../../exchange/guard.ts'

/** Of whom and where a request is, for those who say where a guardrail looks. */
export function subjectOf({ trail, caller }: Exchange): GuardSubject {
  return { route: trail.route ?? '', keyName: caller.keyName, project: caller.owners.project }
}
