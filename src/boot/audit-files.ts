import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { openSigningKey, type SigningKey } from '../kit/ed25519.ts'
import { parseJsonObject, readNumber, readString } from '../kit/json.ts'
import { makePrivate } from '../kit/private-mode.ts'
import type { Random } from '../kit/random.ts'
import { headText, type AuditHead } from '../store/audit-chain.ts'
import type { AuditEntry } from '../store/audit.ts'
import { readTextFile } from './read-text.ts'

/** Where the key is kept that the audit is signed with: beside the store, not in it. */
const AUDIT_KEY_FILE = 'audit.key'
/** Where the end of the chain is kept, signed, so that one that is cut off is noticed. */
const AUDIT_HEAD_FILE = 'audit.head'
const SEED = /^[0-9a-f]{64}$/
const SEED_BYTES = 32

/** What of the audit lies outside the store. */
export interface AuditFiles {
  readonly key: SigningKey
  /** True when it was made just now. */
  readonly isNew: boolean
  /** The end of the chain that was taken down last, by whatever process; undefined where there is none, or it cannot be read. */
  readonly readHead: () => AuditHead | undefined
  /** Takes down that the chain reaches as far as an entry, unless it is known to reach further. */
  readonly writeHead: (entry: AuditEntry) => void
}

/** Opens them; the key is made at the first start. Of two processes that make one at the same time both take that of the first. */
export function openAuditFiles(directory: string, random: Random): AuditFiles {
  const path = join(directory, AUDIT_KEY_FILE)
  const isNew = readSeed(path) === undefined && makeSeed(path, random)
  const seed = readSeed(path)
  if (seed === undefined)
    throw new RangeError(`${path} holds no key of the audit: restore it, or move it away for a new one`)
  const key = openSigningKey(Buffer.from(seed, 'hex'))
  const headPath = join(directory, AUDIT_HEAD_FILE)
  const readHead = (): AuditHead | undefined => toHead(readTextFile(headPath))
  return {
    key,
    isNew,
    readHead,
    writeHead({ sequence, hash, atMs }) {
      if ((readHead()?.sequence ?? 0) >= sequence) return
      const head = { sequence, hash, atMs: Math.trunc(atMs) }
      const line = JSON.stringify(
        toHeadJson({ ...head, signer: key.name, signature: key.sign(headText(head)) }),
      )
      writeFileSync(`${headPath}.new`, `${line}\n`, { mode: 0o600 })
      renameSync(`${headPath}.new`, headPath)
    },
  }
}

/** The end of a chain, as it is kept and exported. */
export function toHeadJson({ sequence, hash, atMs, signer, signature }: AuditHead) {
  return { sequence, hash, at_ms: atMs, signer, signature }
}

/** The opposite; undefined for what is none. */
export function toHead(text: string | undefined): AuditHead | undefined {
  const json = parseJsonObject(text ?? '') ?? {}
  const [sequence, atMs] = [readNumber(json, 'sequence'), readNumber(json, 'at_ms')]
  const [hash, signer, signature] = ['hash', 'signer', 'signature'].map((name) => readString(json, name))
  if (sequence === undefined || atMs === undefined || hash === undefined) return undefined
  return { sequence, hash, atMs, signer: signer ?? '', signature: signature ?? 'none' }
}

function readSeed(path: string): string | undefined {
  makePrivate(path)
  const text = readTextFile(path)?.trim()
  return text !== undefined && SEED.test(text) ? text : undefined
}

/** False where somebody else made it first. */
function makeSeed(path: string, random: Random): boolean {
  try {
    writeFileSync(path, `${Buffer.from(random.bytes(SEED_BYTES)).toString('hex')}\n`, {
      mode: 0o600,
      flag: 'wx',
    })
    return true
  } catch {
    return false
  }
}
