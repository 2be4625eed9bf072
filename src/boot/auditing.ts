import type { AuditDesk, ChainState } from '../admin/audit-desk.ts'
import type { Clock, Timer } from '../kit/clock.ts'
import { readVerifyingKey } from '../kit/ed25519.ts'
import { defined } from '../kit/defined.ts'
import { LIMITS } from '../kit/limits.ts'
import { ChainCheck } from '../store/audit-chain.ts'
import type { AuditAct, AuditEntry, AuditStore } from '../store/audit.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'
import type { AuditFiles } from './audit-files.ts'
import type { OwnAct, OwnActs } from './own-act.ts'

/** The end of the chain goes to the log this long after an act: no more often than once a minute. */
const HEAD_MS = 60_000
/** For so long it is not looked through again. */
const STATE_MS = 60_000
/** Entries that are looked at between two looks at requests. */
const CHECKED_AT_ONCE = 500
/** A command that has begun an act is at it for no longer. */
const COMMAND_MS = 600_000
/** Who does something from the command line, without the gateway. */
export const COMMAND_ACTOR = 'command'

export interface AuditingNeeds {
  readonly store: { readonly audit: AuditStore }
  readonly files: AuditFiles
  readonly mintId: () => string
  readonly clock: Clock
  readonly telemetry: Pick<Telemetry, 'log' | 'count' | 'gauge'>
}

/** Takes down acts: those of operators, and those of the gateway itself. */
export interface Auditing extends AuditDesk, OwnActs {
  /** Resolves when everything is told that the store takes. */
  close(): Promise<void>
}

/** Opens the audit. What an earlier life began, of which nobody knows what came, is taken down as such. Never rejects: a gateway serves without it. */
export async function openAuditing(needs: AuditingNeeds): Promise<Auditing> {
  const desk = new Desk(needs)
  await desk.resume()
  return desk
}

class Desk implements Auditing {
  readonly #needs: AuditingNeeds
  /** Acts whose outcome the store has not taken. */
  #untold: AuditAct[] = []
  /** Those of the gateway are told one after the other. */
  #last: Promise<unknown> = Promise.resolve()
  #state: { readonly untilMs: number; readonly found: Promise<ChainState> } | undefined
  #newest: AuditEntry | undefined
  #timer: Timer | undefined

  constructor(needs: AuditingNeeds) {
    this.#needs = needs
    needs.telemetry.gauge('gatehouse_audit_waiting', () => this.#untold.length)
  }

  newId = (): string => this.#needs.mintId()

  async resume(): Promise<void> {
    const { store, clock, files, telemetry } = this.#needs
    try {
      const nowMs = clock.nowMs()
      const left = await store.audit.left(nowMs + 1)
      const over = left.filter(({ actor, atMs }) => actor !== COMMAND_ACTOR || atMs < nowMs - COMMAND_MS)
      for (const act of over) await this.end(act)
    } catch (error) {
      telemetry.log('error', 'the audit cannot be read', { error })
    }
    if (files.isNew)
      this.tell({
        actor: 'process',
        act: 'audit key made',
        subject: `audit-key:${files.key.name}`,
        outcome: 'done',
      })
  }

  async begin(act: AuditAct): Promise<void> {
    await this.#tellAgain()
    await this.#needs.store.audit.begin(act)
  }

  async end(act: AuditAct): Promise<void> {
    try {
      await this.#tellAgain()
      await this.#add(act)
    } catch (error) {
      this.#keep(act, error)
    }
  }

  tell({ subject, summary = '', ...said }: OwnAct): void {
    const { mintId, clock } = this.#needs
    const act: AuditAct = {
      ...said,
      id: mintId(),
      atMs: clock.nowMs(),
      summary: summary.slice(0, LIMITS.auditSummary),
      ...defined({ subject }),
    }
    this.#last = this.#last.then(() => this.end(act))
  }

  list(query: Parameters<AuditDesk['list']>[0]) {
    return this.#needs.store.audit.list(query)
  }

  state(): Promise<ChainState> {
    const nowMs = this.#needs.clock.elapsedMs()
    if (this.#state === undefined || this.#state.untilMs <= nowMs) {
      const found = this.#check()
      this.#state = { untilMs: nowMs + STATE_MS, found }
      found.catch(() => (this.#state = undefined))
    }
    return this.#state.found
  }

  async close(): Promise<void> {
    await this.#last
    this.#timer?.cancel()
    this.#tellHead()
  }

  async #add(act: AuditAct): Promise<void> {
    const { store, files, telemetry, clock } = this.#needs
    const entry = await store.audit.add(act, files.key)
    telemetry.count('gatehouse_audit_entries_total', { actor: entry.actor })
    this.#newest = entry
    this.#timer ??= clock.after(HEAD_MS, () => this.#tellHead())
    try {
      files.writeHead(entry)
    } catch (error) {
      telemetry.log('warn', 'the end of the audit could not be kept beside the store', { error })
    }
  }

  /** What the store did not take goes before what comes now, so that the chain is in order as far as that can be. */
  async #tellAgain(): Promise<void> {
    for (let [first] = this.#untold; first !== undefined; [first] = this.#untold) {
      await this.#add(first)
      this.#untold = this.#untold.filter((act) => act !== first)
    }
  }

  #keep(act: AuditAct, error: unknown): void {
    const isFull = this.#untold.length >= LIMITS.auditLeft
    if (!isFull) this.#untold.push(act)
    const message = isFull
      ? 'an act is lost for the audit'
      : 'the audit does not take what came of an act; it is told again'
    this.#needs.telemetry.log('error', message, { act: act.act, id: act.id, outcome: act.outcome, error })
  }

  #tellHead(): void {
    this.#timer = undefined
    const head = this.#newest
    this.#newest = undefined
    if (head === undefined) return
    const { sequence, hash, signature, signer } = head
    this.#needs.telemetry.log('info', 'audit: the chain reaches this entry', {
      sequence,
      hash,
      signer,
      signature,
    })
  }

  async #check(): Promise<ChainState> {
    const { store, files, clock } = this.#needs
    const { publicKey } = files.key
    const head = files.readHead()
    const key = readVerifyingKey(publicKey)
    const keys = key === undefined ? [] : [key]
    const checkpoint = await store.audit.checkpoint()
    const chain = new ChainCheck({ keys, checkpoint, heads: head === undefined ? [] : [head], isQuick: true })
    for (let after = 0; ;) {
      const rows = await store.audit.after(after, CHECKED_AT_ONCE)
      for (const row of rows) chain.take(row)
      const end = rows.at(-1)
      if (end === undefined) break
      after = end.sequence
      await new Promise<void>((resolve) => clock.after(0, resolve))
    }
    const fault = chain.end()
    return {
      ...chain.last,
      entries: chain.count,
      checkedAtMs: clock.nowMs(),
      publicKey,
      ...defined({ fault }),
    }
  }
}
