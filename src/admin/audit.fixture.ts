import type { AuditAct } from '../store/audit.ts'
import type { AuditDesk, ChainState } from './audit-desk.ts'

const NOTHING: ChainState = {
  sequence: 0,
  hash: '0'.repeat(64),
  entries: 0,
  checkedAtMs: 0,
  publicKey: 'ed25519:none',
}

/** A desk that remembers what it is told. `refuses`: it takes nothing. */
export interface TestAudit extends AuditDesk {
  readonly acts: AuditAct[]
  /** Those that were taken down before. */
  readonly begun: AuditAct[]
  refuses: boolean
}

/** Opens one. */
export function openTestAudit(): TestAudit {
  const acts: AuditAct[] = []
  const begun: AuditAct[] = []
  let minted = 0
  const desk: TestAudit = {
    acts,
    begun,
    refuses: false,
    newId: () => `act_${(minted += 1)}`,
    begin(act) {
      if (desk.refuses) return Promise.reject(new Error('the disk is full'))
      begun.push(act)
      return Promise.resolve()
    },
    end: (act) => Promise.resolve(void acts.push(act)),
    list: () => Promise.resolve({ rows: [] }),
    state: () => Promise.resolve(NOTHING),
  }
  return desk
}
