import type { Account } from '../exchange/account.ts'
import type { Caller } from '../exchange/caller.ts'
import type { Constraint } from '../exchange/constraint.ts'
import { SCOPES, type Owner, type Owners } from '../exchange/owner.ts'
import { standingOf } from '../exchange/standing.ts'
import { createAddressTest } from '../kit/address-list.ts'
import type { KeyRecord } from '../store/store.ts'
import type { StoredKeys } from './stored-keys.ts'
import { defined } from '../kit/defined.ts'

/** The owners that a configuration declares. */
export interface DeclaredOwners {
  readonly declaredKeys: readonly KeyRecord[]
  /** Projects by name: their limits and budgets. */
  readonly projects: ReadonlyMap<string, Account>
  /** Adds to a key what the config says about all keys: limits that it lacks, models of its project. Declared keys are complete. */
  completeKey?(key: KeyRecord): KeyRecord
  /** What the config wants of every target that answers a key. */
  constraintsOf?(key: KeyRecord): readonly Constraint[] | undefined
}

/** A key of the installation, and who presents it. */
export interface KnownKey {
  readonly record: KeyRecord
  /** Absent where an owner is not declared any more: without it the key would spend without that owner's limits and budgets. */
  readonly caller: Caller | undefined
  /** Where it may be sent from, by IP address. Absent: from anywhere. */
  readonly isFromHere?: (address: string) => boolean
}

/** Who owns what, from the file and from the store alike. Always asked, so that a revocation holds for the next request. */
export interface Directory {
  /** Changes with everything that is known; what was worked out from another version does not hold any more. */
  readonly version: number
  /** A key by its id, with its caller, who is the same as long as nothing changes. */
  find(keyId: string): KnownKey | undefined
  /** What is known of an owner. */
  account(owner: Owner): Account | undefined
}

/** Creates the directory of a plan: the keys that it declares come before those of the store. */
export function createDirectory(
  declared: DeclaredOwners,
  stored: Pick<StoredKeys, 'find' | 'version'>,
): Directory {
  return new OwnersDirectory(declared, stored)
}

class OwnersDirectory implements Directory {
  readonly #declared: DeclaredOwners
  readonly #declaredKeys: ReadonlyMap<string, KeyRecord>
  readonly #stored: Pick<StoredKeys, 'find' | 'version'>
  /** Keys that were asked for since the last change; no more of them than there are keys. */
  readonly #known = new Map<string, KnownKey>()
  #knownAt = -1

  constructor(declared: DeclaredOwners, stored: Pick<StoredKeys, 'find' | 'version'>) {
    this.#declared = declared
    this.#declaredKeys = new Map(declared.declaredKeys.map((key) => [key.id, key]))
    this.#stored = stored
  }

  get version(): number {
    return this.#stored.version
  }

  find(keyId: string): KnownKey | undefined {
    if (this.#knownAt !== this.version) {
      this.#known.clear()
      this.#knownAt = this.version
    }
    let known = this.#known.get(keyId)
    if (known === undefined) {
      const record = this.#record(keyId)
      if (record === undefined) return undefined
      const isFromHere = record.addresses && createAddressTest(record.addresses)
      known = { record, caller: this.#callerOf(record), ...defined({ isFromHere }) }
      this.#known.set(keyId, known)
    }
    return known
  }

  account({ scope, id }: Owner): Account | undefined {
    switch (scope) {
      case 'key': {
        const key = this.#record(id)
        if (key === undefined) return undefined
        const { name, limits, budgets, queue } = key
        return { scope, id, name, limits, budgets, ...defined({ queue }) }
      }
      case 'project':
        return this.#declared.projects.get(id)
      // Nothing declares these yet.
      case 'user':
      case 'customer':
      case 'team':
      case 'organisation':
        return undefined
    }
  }

  #record(keyId: string): KeyRecord | undefined {
    const declared = this.#declaredKeys.get(keyId)
    if (declared !== undefined) return declared
    const stored = this.#stored.find(keyId)
    return stored && (this.#declared.completeKey?.(stored) ?? stored)
  }

  #callerOf(record: KeyRecord): Caller | undefined {
    const { name, models, operations, allowedOptions } = record
    const owners = ownersOf(record)
    const accounts: Account[] = []
    for (const scope of SCOPES) {
      const id = owners[scope]
      if (id === undefined) continue
      const account = this.account({ scope, id })
      if (account === undefined) return undefined
      accounts.push(account)
    }
    return {
      ...standingOf(accounts, {
        allowedOptions,
        ...defined({ models, operations, only: this.#declared.constraintsOf?.(record) }),
      }),
      owners,
      keyName: name,
    }
  }
}

/** Who the requests of a key are counted for. */
function ownersOf({ id, project }: KeyRecord): Owners {
  return project === undefined ? { key: id } : { key: id, project }
}
