import { toFeedbackJson } from '../admin/feedback.ts'
import { readReceipt } from '../admin/receipts.ts'
import { toReceiptJson } from '../admin/receipts-json.ts'
import { isGivenAgain } from '../insight/given-again.ts'
import { requestDetail } from '../admin/requests.ts'
import { toTimeJson } from '../admin/to-json.ts'
import { requestIdOf } from '../exchange/decision.ts'
import { readDecision } from '../exchange/decision-record.ts'
import { SCOPES } from '../exchange/owner.ts'
import type { Plan } from '../gateway/plan.ts'
import { pricesIn, type PriceNow } from '../insight/receipt.ts'
import { toPlainText } from '../kit/plain-text.ts'
import type { FeedbackRow } from '../store/feedback.ts'
import type { RequestRow } from '../store/store.ts'
import { UsageError } from './arguments.ts'
import { CommandError, EXIT, type Command, type CommandCall } from './command.ts'
import { tellAttempts, tellDecision } from './explain-past.ts'
import { openInstallation } from './installation.ts'
import { compileOffline } from './offline-plan.ts'
import type { Output } from './output.ts'
import { tellReceipt } from './receipt.ts'
import { costText } from './request-line.ts'
import { readContentJson, readRestoredContent, tellContent, tellSaid } from './tell-content.ts'

/** Of what somebody wrote. */
const COMMENT_CHARACTERS = 500

/** One request with everything that is known of it. */
export const reqCommand: Command = {
  name: 'req',
  usage: 'REQUEST-ID',
  summary: 'One request on one screen: who, why here, attempts, times, cost.',
  examples: ['gatehouse req req_01J…', 'gatehouse req req_01J… --content', 'gatehouse req req_01J… --json'],
  flags: {
    content: { kind: 'switch', help: 'With what was said, where that is kept.' },
    restore: {
      kind: 'switch',
      help: 'With what was said, and masked values in it that guardrails remember; the gateway has to run and to allow it.',
    },
  },
  positionals: 1,
  async run(call) {
    const { output } = call
    const [id] = call.arguments.positionals
    if (id === undefined)
      throw new UsageError('Say which request: gatehouse req req_…; gatehouse logs lists them.')
    const { store, close } = await openInstallation(call, 'read')
    try {
      const row = await store.requests.find(requestIdOf(id))
      if (row === undefined) throw new CommandError(EXIT.notFound, `There is no ${id} in the request log.`)
      const plan = await planNow(call)
      const restored = call.arguments.has('restore') ? await readRestoredContent(call, row) : undefined
      const withContent = restored !== undefined || call.arguments.has('content')
      const feedback = await store.feedback.of(row.id)
      const read = await readReceipt(row.id, { store, priceNow: pricesOf(plan) })
      if (output.json) {
        const receipt = read === undefined ? null : toReceiptJson(read.row, read.receipt)
        const content = withContent ? { content: restored ?? (await readContentJson(row, store)) } : {}
        const given = feedback.map(toFeedbackJson)
        output.value({
          ...(await requestDetail(row, store.ledger)),
          receipt,
          feedback: given,
          ...content,
        })
        return EXIT.ok
      }
      tellHead(row, output)
      const decision = row.decision === undefined ? undefined : readDecision(row.decision)
      if (decision !== undefined) {
        output.line(`\n${output.paint('Why here', 'bold')}`)
        tellDecision(decision, { output })
      }
      await tellAttempts(row.id, store.ledger, output)
      if (read !== undefined) {
        output.line(`\n${output.paint('Receipt', 'bold')}`)
        tellReceipt(read, output)
      }
      if (restored !== undefined) tellSaid(restored, output)
      else if (withContent) {
        const view = { terms: plan?.content, nowMs: call.clock.nowMs() }
        await tellContent(row, store, { output, view })
      }
      tellFeedback(feedback, output)
      return EXIT.ok
    } finally {
      await close()
    }
  },
}

/** With a file that has mistakes nothing but today's prices is missing, and what it says of content. */
async function planNow(call: CommandCall): Promise<Plan | undefined> {
  const { compiled } = await compileOffline(call, { probe: true })
  return compiled.plan
}

function pricesOf(plan: Plan | undefined): PriceNow {
  return plan === undefined ? () => undefined : pricesIn(plan)
}

function tellHead(row: RequestRow, output: Output): void {
  const { paint } = output
  const isGood = row.status < 400 && row.outcome === 'ok'
  const status = paint(`${row.status} ${row.outcome}`, isGood ? 'green' : 'red')
  const by = row.target ?? (isGivenAgain(row.cache) ? 'the cache' : 'nobody')
  output.line(`${paint(row.id, 'bold')}  ${row.requestedModel} → ${by}  ${status}`)
  output.line(
    `  when      ${toTimeJson(row.atMs)}, ${row.dialect}, ${row.operation}${row.stream ? ', streamed' : ''}`,
  )
  output.line(`  who       ${whoText(row)}`)
  output.line(`  times     ${timesText(row)}`)
  if (row.target !== undefined)
    output.line(`  used      ${row.inputTokens} → ${row.outputTokens} tokens, ${costText(row)}`)
  if (row.notices !== '') output.line(`  notices   ${row.notices}`)
  output.line(`  plan      ${row.planVersion}`)
}

/** What people wrote is shown and does nothing else. */
function tellFeedback(feedback: readonly FeedbackRow[], output: Output): void {
  if (feedback.length === 0) return
  output.line(`\n${output.paint('Feedback', 'bold')}`)
  for (const { atMs, score, label, labels, comment, by, keyId } of feedback) {
    const words = labels ?? (label === undefined ? [] : [label])
    const whose = by ?? (keyId === undefined ? 'an operator' : 'the application')
    const said = [`by ${whose}`, ...words, ...(comment === undefined ? [] : [comment])]
    const shown = said.map((text) => toPlainText(text, COMMENT_CHARACTERS)).join(', ')
    output.line(`  ${toTimeJson(atMs)}  ${score > 0 ? `+${score}` : score}  ${shown}`)
  }
}

function whoText({ owners, keyName, purpose, parentId }: RequestRow): string {
  if (purpose !== undefined) return `the gateway itself (${purpose}) on behalf of ${parentId ?? 'nobody'}`
  const others = SCOPES.filter((scope) => scope !== 'key' && owners[scope] !== undefined)
  const key = owners.key === undefined ? 'no key' : `key ${keyName ?? owners.key}`
  return [key, ...others.map((scope) => `${scope} ${owners[scope]}`)].join(', ')
}

function timesText({ durationMs, upstreamMs, firstEventMs }: RequestRow): string {
  const own = Math.max(0, durationMs - upstreamMs).toFixed(1)
  const first = firstEventMs === undefined ? '' : `, first event after ${Math.round(firstEventMs)} ms`
  return `${Math.round(durationMs)} ms, of which gatehouse ${own} ms${first}`
}
