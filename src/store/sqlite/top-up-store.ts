import type { Database } from 'bun:sqlite'
import { BUDGET_WINDOWS } from '../../exchange/account.ts'
import { SCOPES } from '../../exchange/owner.ts'
import type { Clock } from '../../kit/clock.ts'
import { defined } from '../../kit/defined.ts'
import { LIMITS } from '../../kit/limits.ts'
import type { TopUp, TopUpStore } from '../top-ups.ts'
import { bigintAt, clampLimit, isSet, numberAt, textAt, type SqlRow } from './sql-values.ts'
import { whenFree } from './when-free.ts'

const HOLDING = 'until_ms > ? and ended_at_ms is null'

/** Creates the store of top-ups on a connection. */
export function createTopUpStore(database: Database, clock: Clock): TopUpStore {
  const select = (rest: string, value: number): readonly TopUp[] =>
    database.query<SqlRow, [number]>(`select * from top_ups ${rest}`).all(value).flatMap(toTopUp)
  const add = database.transaction((topUp: TopUp): boolean => {
    const { owner, by } = topUp
    if (select(`where ${HOLDING}`, topUp.atMs).length >= LIMITS.topUps) return false
    database
      .query(
        `insert into top_ups (id, at_ms, scope, owner, span, extra_nano_usd, until_ms, reason, given_by)
         values (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      )
      .run(
        topUp.id,
        topUp.atMs,
        owner.scope,
        owner.id,
        topUp.window,
        topUp.extraNanoUsd,
        topUp.untilMs,
        topUp.reason,
        by ?? null,
      )
    return true
  })
  return {
    add: (topUp) => whenFree(clock, () => add.immediate(topUp)),
    holdingAt: (atMs) => whenFree(clock, () => select(`where ${HOLDING} order by sequence`, atMs)),
    latest: (limit) => whenFree(clock, () => select('order by sequence desc limit ?', clampLimit(limit))),
    end: (id, atMs) =>
      whenFree(clock, () => {
        const ended = database
          .query<SqlRow, [number, string, number]>(
            `update top_ups set ended_at_ms = ? where id = ? and ${HOLDING} returning id`,
          )
          .all(atMs, id, atMs)
        return ended.length > 0
      }),
  }
}

/** A row as it was added; a word that this version does not know makes it none. */
function toTopUp(row: SqlRow): TopUp[] {
  const scope = SCOPES.find((known) => known === textAt(row, 'scope'))
  const window = BUDGET_WINDOWS.find((known) => known === textAt(row, 'span'))
  if (scope === undefined || window === undefined) return []
  return [
    {
      id: textAt(row, 'id'),
      atMs: numberAt(row, 'at_ms'),
      owner: { scope, id: textAt(row, 'owner') },
      window,
      extraNanoUsd: bigintAt(row, 'extra_nano_usd'),
      untilMs: numberAt(row, 'until_ms'),
      reason: textAt(row, 'reason'),
      ...defined({
        by: isSet(row, 'given_by') ? textAt(row, 'given_by') : undefined,
        endedAtMs: isSet(row, 'ended_at_ms') ? numberAt(row, 'ended_at_ms') : undefined,
      }),
    },
  ]
}
