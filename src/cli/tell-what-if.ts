import { percentOf } from '../insight/what-if-json.ts'
import type { Move, Spend, WhatIfTally } from '../insight/what-if-tally.ts'
import { showUsd } from '../kit/money.ts'
import type { CommandCall } from './command.ts'

interface Telling {
  readonly call: CommandCall
  /** False where there is no file as it is now, whose constraints could be compared. */
  readonly hasCurrent: boolean
}

/** Tells what a draft would have made of the requests of the log. */
export function tellWhatIf(tally: WhatIfTally, { call, hasCurrent }: Telling): void {
  const { output } = call
  const { requests, skipped, unchanged, moved, unroutable, routable, unknown } = tally
  output.line(`${requests} requests: ${unchanged} as before, ${moved} elsewhere`)
  if (skipped.undecided > 0)
    output.line(`${skipped.undecided} are left out: they were refused before anybody was chosen`)
  if (skipped.asked > 0) output.line(`${skipped.asked} are left out: the gateway asked them itself`)
  if (routable > 0) output.line(`${routable} would be answered that nobody could be asked for`)
  for (const { what, requests: count, example } of unknown)
    output.line(`${count} are unknown: ${what} was not recorded (${example})`)
  output.line(tellSpend('Cost', tally.real))
  if (hasAny(tally.simulated)) output.line(tellSpend('Simulated cost', tally.simulated))
  if (tally.unpriced > 0) output.line(`${tally.unpriced} have no price there, and are left out of the cost`)
  tellMoves(tally.moves, call)
  if (unroutable.length > 0) {
    output.line()
    output.table(
      ['NOBODY TO ASK', 'REQUESTS', 'EXAMPLE', 'WHY'],
      unroutable.map(({ code, requests: count, example, message }) => [
        code,
        String(count),
        example,
        message,
      ]),
    )
  }
  tellBreaches(tally, call)
  if (!hasCurrent) output.line('There is no file as it is now, whose constraints could be compared.')
  const [example] = [...tally.breaches, ...unroutable, ...tally.moves]
  if (example !== undefined) {
    output.line()
    output.line(`Look at one: gatehouse explain ${example.example} --config ${configOf(call)}`)
  }
}

function configOf({ arguments: given }: CommandCall): string {
  return given.text('config') ?? ''
}

function tellMoves(moves: readonly Move[], { output }: CommandCall): void {
  if (moves.length === 0) return
  const all = moves.reduce((sum, { requests }) => sum + requests, 0)
  output.line()
  output.table(
    ['FROM', 'TO', 'REQUESTS', 'SHARE', 'COST', 'FIRST TOKEN', 'EXAMPLE'],
    moves.map((move) => [
      move.from,
      move.to,
      String(move.requests),
      `${Math.round((100 * move.requests) / all)} %`,
      tellMoney(move),
      `${tellMs(move.fromMs)} → ${tellMs(move.toMs)}`,
      move.example,
    ]),
  )
}

function tellMoney({ real, simulated, unpriced, requests }: Move): string {
  if (unpriced === requests) return 'no price'
  const { recorded, expected } = hasAny(real) ? real : simulated
  return `${usd(recorded)} → ${usd(expected)}`
}

function tellBreaches({ breaches }: WhatIfTally, { output }: CommandCall): void {
  if (breaches.length === 0) return
  output.line()
  output.table(
    ['CONSTRAINT', 'WANTS', 'MAY GO TO', 'REQUESTS', 'EXAMPLE'],
    breaches.map(({ by, text, target, requests, example }) => [by, text, target, String(requests), example]),
  )
}

function tellSpend(what: string, spend: Spend): string {
  const percent = percentOf(spend)
  const change = percent === undefined ? '' : ` (${percent < 0 ? '' : '+'}${percent.toFixed(1)} %)`
  return `${what}: ${usd(spend.recorded)} as recorded, ${usd(spend.expected)} expected${change}`
}

function hasAny({ recorded, expected }: Spend): boolean {
  return recorded !== 0 || expected !== 0
}

function usd(nanoUsd: number): string {
  return showUsd(BigInt(Math.round(nanoUsd)))
}

function tellMs(ms: number | undefined): string {
  return ms === undefined ? 'not seen' : `${Math.round(ms)} ms`
}
