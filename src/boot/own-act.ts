import type { AuditAct } from '../store/audit.ts'

/** Something that the gateway does, or that its file does to it. */
export interface OwnAct extends Pick<AuditAct, 'act' | 'outcome'> {
  readonly actor: 'process' | 'file'
  readonly subject?: string
  readonly summary?: string
}

/** Where such acts are taken down. */
export interface OwnActs {
  /** Takes down an act, after it. Never throws; what the store does not take now, it is told again. */
  tell(act: OwnAct): void
}
