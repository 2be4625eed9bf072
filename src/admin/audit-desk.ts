import type { AuditAct, AuditPage, AuditQuery } from '../store/audit.ts'
import type { ChainFault } from '../store/audit-chain.ts'

/** How far the chain is whole. */
export interface ChainState {
  /** The last entry that everything is right with up to; 0: there is none. */
  readonly sequence: number
  readonly hash: string
  /** Entries that were looked at. */
  readonly entries: number
  /** What is wrong behind it; absent: nothing is. */
  readonly fault?: ChainFault
  readonly checkedAtMs: number
  /** The key that signs from now on. */
  readonly publicKey: string
}

/** Where acts are taken down. */
export interface AuditDesk {
  /** Mints the id of an act. */
  readonly newId: () => string
  /** Takes down that an act is about to happen. Rejects when that cannot be done: then it must not happen. */
  begin(act: AuditAct): Promise<void>
  /** Takes down what came of it. Never rejects: what the store does not take now, it is told again. */
  end(act: AuditAct): Promise<void>
  list(query: AuditQuery): Promise<AuditPage>
  /** Looks at the chain; not more often than once in a while. */
  state(): Promise<ChainState>
}
