import type { VerifyingKey } from '../kit/ed25519.ts'
import { canonicalJson } from '../kit/canonical-json.ts'
import { defined } from '../kit/defined.ts'
import { sha256Hex } from '../kit/hash.ts'
import type { AuditAct, AuditCheckpoint, AuditEntry } from './audit.ts'

/** What the first entry follows. */
export const BEFORE_FIRST = '0'.repeat(64)

/** The hash of an entry: SHA-256 of the hash before it, a line feed, and the entry as canonical JSON with its place. */
export function hashOf(sequence: number, prev: string, act: AuditAct): string {
  return sha256Hex(`${prev}\n${canonicalJson(toChainJson(sequence, act))}`)
}

/** An act as it is hashed, and told. */
export function toChainJson(sequence: number, act: AuditAct) {
  const { id, atMs, actor, address, act: what, subject, outcome, digest, summary } = act
  return {
    sequence,
    id,
    at_ms: Math.trunc(atMs),
    actor,
    act: what,
    outcome,
    summary,
    ...defined({ address, subject, digest }),
  }
}

/** What is signed of an entry, of a checkpoint, and of the end of the chain as it is known outside the store. */
export function entryText({ sequence, hash }: Pick<AuditEntry, 'sequence' | 'hash'>): string {
  return `gatehouse audit entry\n${sequence}\n${hash}`
}

/** As `entryText`; its time is signed with it, so that no entry can be passed off as one. */
export function checkpointText({
  sequence,
  hash,
  atMs,
}: Pick<AuditCheckpoint, 'sequence' | 'hash' | 'atMs'>): string {
  return `gatehouse audit checkpoint\n${sequence}\n${hash}\n${Math.trunc(atMs)}`
}

/** As `entryText`. */
export function headText({
  sequence,
  hash,
  atMs,
}: Pick<AuditCheckpoint, 'sequence' | 'hash' | 'atMs'>): string {
  return `gatehouse audit head\n${sequence}\n${hash}\n${Math.trunc(atMs)}`
}

/** The end of the chain, signed, as it is kept outside the store: what is there must reach as far. */
export type AuditHead = AuditCheckpoint

/** What is wrong, at the first place where something is. */
export interface ChainFault {
  readonly kind:
    | 'checkpoint'
    | 'edited'
    | 'missing'
    | 'moved'
    | 'forged'
    | 'unknown-key'
    | 'truncated'
    | 'head'
  /** The entry that it is about. */
  readonly sequence: number
  readonly message: string
}

export interface ChainTerms {
  /** Keys that may have signed it. */
  readonly keys: readonly VerifyingKey[]
  readonly checkpoint?: AuditCheckpoint | undefined
  /** Ends that are known from elsewhere. A signature that is empty is not looked at: whoever asks answers for it. */
  readonly heads?: readonly AuditHead[]
  /** Whether only the last signature is looked at, which stands for all before it; else that of each entry. */
  readonly isQuick?: boolean
}

/** Far enough from its place to say of an entry that was moved which one it is. */
const MOST_MOVED = 200

/**
 * Follows a chain entry by entry, in order, and finds the first that is not as it was added. That nothing lacks at the end is known only as far
 * as heads from outside reach.
 */
export class ChainCheck {
  readonly #keys: ReadonlyMap<string, VerifyingKey>
  readonly #terms: ChainTerms
  readonly #heads: readonly AuditHead[]
  #last: Pick<AuditEntry, 'sequence' | 'hash'>
  #newest: AuditEntry | undefined
  #fault: ChainFault | undefined
  /** Entries that were looked at. */
  count = 0

  constructor(terms: ChainTerms) {
    const { checkpoint, heads = [] } = terms
    this.#terms = terms
    this.#keys = new Map(terms.keys.map((key) => [key.name, key]))
    this.#heads = heads
    this.#last = checkpoint ?? { sequence: 0, hash: BEFORE_FIRST }
    if (checkpoint !== undefined && !this.#isSigned(checkpoint, checkpointText(checkpoint)))
      this.#fault = {
        kind: 'checkpoint',
        sequence: checkpoint.sequence,
        message: `the checkpoint at entry ${checkpoint.sequence} is not signed by a known key: entries before it were taken away`,
      }
    for (const head of heads)
      if (head.signature !== '' && !this.#isSigned(head, headText(head)))
        this.#fault ??= {
          kind: 'head',
          sequence: head.sequence,
          message: `the end that is kept outside, entry ${head.sequence}, is not signed by a known key`,
        }
  }

  /** The last entry that everything is right with up to. */
  get last(): Pick<AuditEntry, 'sequence' | 'hash'> {
    return this.#last
  }

  /** Looks at the next entry; gives what is wrong from the first fault on. */
  take(entry: AuditEntry): ChainFault | undefined {
    this.#fault ??= this.#faultOf(entry)
    if (this.#fault !== undefined) return this.#fault
    this.#last = entry
    this.#newest = entry
    this.count += 1
    return undefined
  }

  /** What is wrong, now that there are no more entries; undefined: nothing is. */
  end(): ChainFault | undefined {
    const newest = this.#newest
    if (newest !== undefined) this.#fault ??= this.#forgery(newest)
    const beyond = this.#heads.find(({ sequence }) => sequence > this.#last.sequence)
    if (beyond !== undefined)
      this.#fault ??= {
        kind: 'truncated',
        sequence: this.#last.sequence + 1,
        message: `the chain ends with entry ${this.#last.sequence}, but it had reached entry ${beyond.sequence}: its end was cut off`,
      }
    return this.#fault
  }

  #faultOf(entry: AuditEntry): ChainFault | undefined {
    const { sequence, prev } = entry
    const expected = this.#last.sequence + 1
    const about = (kind: ChainFault['kind'], message: string, at = sequence): ChainFault => ({
      kind,
      sequence: at,
      message,
    })
    if (sequence > expected) return about('missing', `entry ${expected} is missing: it was deleted`, expected)
    if (sequence < expected) return about('moved', `entry ${sequence} comes after entry ${expected - 1}`)
    if (hashOf(sequence, prev, entry) !== entry.hash) {
      const own = ownPlace(entry)
      return own === undefined
        ? about('edited', `entry ${sequence} was edited: its hash is not that of what it says`)
        : about('moved', `what stands at ${sequence} is entry ${own}: entries were moved, added or taken out`)
    }
    if (prev !== this.#last.hash)
      return about(
        'forged',
        `entry ${sequence} does not follow on entry ${expected - 1}: one of them was written anew`,
      )
    if (this.#heads.some((head) => head.sequence === sequence && head.hash !== entry.hash))
      return about('forged', `entry ${sequence} is another one than was known outside: it was written anew`)
    return this.#terms.isQuick === true ? undefined : this.#forgery(entry)
  }

  #forgery(entry: AuditEntry): ChainFault | undefined {
    const { sequence, signer } = entry
    if (this.#isSigned(entry, entryText(entry))) return undefined
    return this.#keys.has(signer)
      ? {
          kind: 'forged',
          sequence,
          message: `the signature of entry ${sequence} was not made for it: it was added or written anew`,
        }
      : {
          kind: 'unknown-key',
          sequence,
          message: `entry ${sequence} is signed with the key ${signer}, which is not known here`,
        }
  }

  #isSigned({ signer, signature }: Pick<AuditEntry, 'signer' | 'signature'>, text: string): boolean {
    return this.#keys.get(signer)?.verify(text, signature) === true
  }
}

/** The place that an entry was made for, where that is not the one it stands at. */
function ownPlace(entry: AuditEntry): number | undefined {
  const { sequence, prev, hash } = entry
  for (let by = 1; by <= MOST_MOVED; by += 1)
    for (const place of [sequence - by, sequence + by]) if (hashOf(place, prev, entry) === hash) return place
  return undefined
}
