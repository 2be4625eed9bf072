/** Something that somebody did, or tried to do, to the gateway or through it. Holds no secret and nothing of what was said. */
export interface AuditAct {
  /** Of the act, and of the request that asked for it: an act has one entry, whatever happens meanwhile. */
  readonly id: string
  readonly atMs: number
  /** `admin token`, `file`, `process`, `command`. */
  readonly actor: string
  /** Where a request for it came from. */
  readonly address?: string
  /** Method and route, as in `POST /api/v1/keys`, or words, as in `config reload`. */
  readonly act: string
  /** Kind and id of what it was done to, as in `key:3f9aBc…`. */
  readonly subject?: string
  /** The status of the answer, or a word; `unknown` where nobody has told what came of it. */
  readonly outcome: string
  /** SHA-256 of the canonical body, without what is secret in it. */
  readonly digest?: string
  /** What was asked for, in plain words; may be empty. */
  readonly summary: string
}

/** An act in its place of the chain. */
export interface AuditEntry extends AuditAct {
  /** 1, 2, 3, … without gaps. */
  readonly sequence: number
  /** The hash of the entry before; of the first entry: 64 zeros. */
  readonly prev: string
  /** `hashOf` in `audit-chain.ts`. */
  readonly hash: string
  /** Name of the key that has signed it. */
  readonly signer: string
  /** Of its sequence and hash, and so of everything before it. */
  readonly signature: string
}

/** The last entry that was given up for want of room: the chain begins behind it. */
export interface AuditCheckpoint {
  readonly sequence: number
  readonly hash: string
  readonly atMs: number
  readonly signer: string
  readonly signature: string
}

/** Signs what the store adds, within the transaction that it is added in. */
export interface AuditSigner {
  readonly name: string
  readonly sign: (text: string) => string
}

/** Which entries are asked for. */
export interface AuditFilter {
  /** Whole, or its begin up to a space: `POST` finds `POST /api/v1/keys`. */
  readonly act?: string
  readonly actor?: string
  /** Whole, or its kind: `key` finds `key:3f9aBc…`. */
  readonly subject?: string
  readonly fromMs?: number
  /** Exclusive. */
  readonly toMs?: number
}

/** A page of them. */
export interface AuditQuery extends AuditFilter {
  /** 1–500. */
  readonly limit: number
  /** `next` of the page before. */
  readonly after?: string
}

/** What there is on a page; `next` is absent on the last. */
export interface AuditPage {
  readonly rows: readonly AuditEntry[]
  readonly next?: string
}

/** The chain of acts. Only ever added to; acts are rare, so each is committed by itself. */
export interface AuditStore {
  /**
   * Takes down that an act is about to happen; `add` under its id takes that away again. What is left by a process that died meanwhile is found by
   * `left`. Rejects when the store does not take it: then the act must not happen.
   */
  begin(act: AuditAct): Promise<void>
  /**
   * Adds an act behind the last one. The entry that there is of its id stays the only one, and is given. However many processes add at a time,
   * they wait for each other. The oldest beyond what is kept go, and leave a signed checkpoint.
   */
  add(act: AuditAct, signer: AuditSigner): Promise<AuditEntry>
  /** Acts that began before a time and of which nobody has told what came of them, oldest first. */
  left(beforeMs: number): Promise<readonly AuditAct[]>
  /** The newest first. */
  list(query: AuditQuery): Promise<AuditPage>
  /** Those behind a place, in order; 500 at most. */
  after(sequence: number, limit: number): Promise<readonly AuditEntry[]>
  /** Absent: the chain begins with its first entry. */
  checkpoint(): Promise<AuditCheckpoint | undefined>
}
