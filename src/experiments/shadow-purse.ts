import type { ShadowTerms } from '../exchange/shadow.ts'
import { windowAt } from '../exchange/windows.ts'
import type { Clock } from '../kit/clock.ts'
import { isObject, parseJsonObject, readNumber, readString, type Json } from '../kit/json.ts'
import type { NanoUsd } from '../kit/money.ts'
import type { SettingsStore } from '../store/store.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'

/** The name under which the store keeps what shadows have cost. */
const SPENT = 'shadow-spent'
const WHOLE = /^\d{1,30}$/

/** What the shadows of routes may cost, each route's for itself. */
export interface ShadowPurse {
  /** Holds the most that a shadow can cost; gives false where the rest of the window's money does not cover it. */
  hold(route: string, terms: ShadowTerms, amount: NanoUsd): boolean
  /** Puts what it cost in the place of what was held. */
  settle(route: string, held: NanoUsd, cost: NanoUsd): void
  /** Resolves when everything is stored. */
  close(): Promise<void>
}

export interface ShadowPurseParts {
  readonly settings: Pick<SettingsStore, 'get' | 'set'>
  readonly clock: Clock
  readonly telemetry: Telemetry
}

interface Account {
  readonly startMs: number
  spent: NanoUsd
  held: NanoUsd
}

/** Opens the purse with what an earlier life has spent. */
export async function openShadowPurse(parts: ShadowPurseParts): Promise<ShadowPurse> {
  const stored = await parts.settings.get(SPENT)
  const accounts = new Map<string, Account>()
  for (const [route, entry] of Object.entries((stored && parseJsonObject(stored)) || {})) {
    const account = readAccount(entry)
    if (account !== undefined) accounts.set(route, account)
  }
  return new Purse(parts, accounts)
}

class Purse implements ShadowPurse {
  readonly #parts: ShadowPurseParts
  readonly #accounts: Map<string, Account>
  #saving: Promise<void> = Promise.resolve()

  constructor(parts: ShadowPurseParts, accounts: Map<string, Account>) {
    this.#parts = parts
    this.#accounts = accounts
  }

  hold(route: string, { budget }: ShadowTerms, amount: NanoUsd): boolean {
    const { startMs } = windowAt(budget.window, this.#parts.clock.nowMs())
    let account = this.#accounts.get(route)
    if (account?.startMs !== startMs) {
      // What is under way was held in the window before, and is settled into this one.
      account = { startMs, spent: 0n, held: account?.held ?? 0n }
      this.#accounts.set(route, account)
    }
    if (account.spent + account.held + amount > budget.limitNanoUsd) return false
    account.held += amount
    return true
  }

  settle(route: string, held: NanoUsd, cost: NanoUsd): void {
    const account = this.#accounts.get(route)
    if (account === undefined) return
    account.held -= held
    account.spent += cost
    this.#save()
  }

  close(): Promise<void> {
    return this.#saving
  }

  #save(): void {
    const { settings, telemetry } = this.#parts
    const spent = Object.fromEntries(
      [...this.#accounts].map(([route, { startMs, spent: sum }]) => [
        route,
        { startMs, spent: sum.toString() },
      ]),
    )
    this.#saving = this.#saving
      .then(() => settings.set(SPENT, JSON.stringify(spent)))
      .catch((error: unknown) => telemetry.log('error', 'shadow: not stored', { error: String(error) }))
  }
}

function readAccount(entry: Json | undefined): Account | undefined {
  if (!isObject(entry)) return undefined
  const startMs = readNumber(entry, 'startMs')
  const spent = readString(entry, 'spent')
  if (startMs === undefined || spent === undefined || !WHOLE.test(spent)) return undefined
  return { startMs, spent: BigInt(spent), held: 0n }
}
