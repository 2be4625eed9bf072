import { readReceipt, type ReadReceipt } from '../admin/receipts.ts'
import { toReceiptJson } from '../admin/receipts-json.ts'
import { givenAgain, type GivenAgain } from '../insight/given-again.ts'
import { writtenPrice } from '../insight/receipt-lines.ts'
import { reasonsOf, verdictText } from '../insight/receipt-reasons.ts'
import { pricesIn, type ReceiptAttempt, type ReceiptTotal } from '../insight/receipt.ts'
import { inDollars, showUsd, toNanoUsd } from '../kit/money.ts'
import { underscored } from '../kit/underscored.ts'
import type { RequestRow } from '../store/store.ts'
import { UsageError } from './arguments.ts'
import { CommandError, EXIT, type Command } from './command.ts'
import { openInstallation } from './installation.ts'
import { usablePlan } from './offline-plan.ts'
import type { Output } from './output.ts'
import { costText } from './request-line.ts'

/** What a request cost, with the arithmetic. */
export const receiptCommand: Command = {
  name: 'receipt',
  usage: 'REQUEST-ID',
  summary: 'What a request cost, and how that is worked out: quantity times price, attempt by attempt.',
  examples: ['gatehouse receipt req_01J…', 'gatehouse receipt req_01J… --json'],
  flags: {},
  positionals: 1,
  async run(call) {
    const { output } = call
    const [id] = call.arguments.positionals
    if (id === undefined) throw new UsageError('Say which request: gatehouse receipt req_…')
    const { store, close } = await openInstallation(call, 'read')
    try {
      const read = await readReceipt(id, { store, priceNow: pricesIn(await usablePlan(call)) })
      if (read === undefined) throw new CommandError(EXIT.notFound, `There is no ${id} in the request log.`)
      if (output.json) output.value(toReceiptJson(read.row, read.receipt))
      else tellReceipt(read, output)
      return EXIT.ok
    } finally {
      await close()
    }
  },
}

/** A receipt as a table, with its sums. */
export function tellReceipt({ row, receipt }: ReadReceipt, output: Output): void {
  const { attempts, asked, own, total } = receipt
  tellReasons(row, output)
  const all = [...attempts, ...asked]
  const again = givenAgain(row)
  if (again !== undefined) output.line(againText(again))
  if (all.length === 0) return output.line('Nobody was asked, so it cost nothing.')
  output.table(['ATTEMPT', 'UNIT', 'QUANTITY', 'PRICE', 'AMOUNT'], all.flatMap(cells))
  output.line()
  output.line(`Together ${totalText(own)}`)
  if (asked.length > 0) output.line(`With what was asked on its behalf ${totalText(total)}`)
}

function tellReasons(row: RequestRow, output: Output): void {
  const { guardrails, replayOf } = reasonsOf(row)
  for (const verdict of guardrails) output.line(`Guardrail ${verdictText(verdict)}.`)
  if (replayOf !== undefined) output.line(`The answer of ${replayOf} was given again.`)
}

function againText({ outcome, firstMs, firstId, savedNanoUsd }: GivenAgain): string {
  const parts = [
    firstMs === undefined ? '' : `first asked at ${new Date(firstMs).toISOString()}`,
    firstId === undefined ? '' : `in ${firstId}`,
    savedNanoUsd === undefined ? '' : `cost then ${showUsd(savedNanoUsd)}, saved ${showUsd(savedNanoUsd)}`,
  ].filter((part) => part !== '')
  return `Served from the cache (${outcome})${parts.length === 0 ? '' : `: ${parts.join(', ')}`}.`
}

function cells(attempt: ReceiptAttempt): readonly (readonly string[])[] {
  const { row, state, lines, roundedPicoUsd, why } = attempt
  const purpose = row.purpose === undefined ? '' : ` (${row.purpose})`
  const head = `${row.ordinal} ${row.target}${purpose}`
  const sum = [head, state, why === undefined ? '' : WHY[why], row.priceId ?? '', costText(row)]
  const rounding = roundedPicoUsd === 0n ? [] : [['', 'rounded up', '', '', `${roundedPicoUsd} pico-USD`]]
  return [...lines.map(lineCells), ...rounding, sum]
}

function lineCells(line: ReceiptAttempt['lines'][number]): readonly string[] {
  const { usd, per } = writtenPrice(line)
  const unit = line.unit === 'request' ? line.unit : underscored(line.unit)
  const price = `${inDollars(usd)}${per === 1 ? '' : ' per million'}`
  return ['', unit, String(line.count), price, showUsd(toNanoUsd(line.amountPicoUsd))]
}

const WHY: Readonly<Record<NonNullable<ReceiptAttempt['why']>, string>> = {
  'no-price': 'there is no price',
  'other-service': 'it was served in a way whose price is not known',
  'target-gone': 'the file has no such target any more',
  'price-changed': 'the price has changed since',
}

function totalText({ costNanoUsd, simulatedNanoUsd, unpriced, estimated }: ReceiptTotal): string {
  const parts = [showUsd(costNanoUsd)]
  if (simulatedNanoUsd !== 0n) parts.push(`${showUsd(simulatedNanoUsd)} simulated`)
  if (unpriced > 0) parts.push(`${unpriced} without a price`)
  if (estimated > 0) parts.push(`${estimated} estimated`)
  return parts.join(', ')
}
