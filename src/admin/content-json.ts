import { z } from 'zod'
import { readDecision } from '../exchange/decision-record.ts'
import type { ContentTerms } from '../exchange/content-record.ts'
import { formatDuration } from '../kit/duration.ts'
import { parseJsonObject, readObjects, readString, type JsonObject } from '../kit/json.ts'
import type { KeptContent } from '../store/contents.ts'
import type { RequestRow } from '../store/store.ts'
import { toTimeJson } from './to-json.ts'

const changeAnswer = z.object({
  path: z.string(),
  change: z.enum(['changed', 'added', 'dropped']),
  from: z.string().optional().describe('What stood there before, as JSON text, cut where it is long.'),
  to: z.string().optional(),
})

const rememberedAnswer = z.object({
  values: z.int().describe('How many different placeholders stand in it whose values are remembered.'),
  shown: z.boolean().describe('True where the values stand in their places here.'),
  allowed: z.boolean().describe('Whether they may be shown: `logs.content.restore`.'),
})

const failureAnswer = { code: z.string(), message: z.string() }

/** What was said in a request. */
export const contentAnswer = z.object({
  request_id: z.string(),
  at: z.iso.datetime(),
  v: z.int().describe('The form that it is kept in.'),
  keep: z.enum(['redacted', 'full']),
  dialect: z.string(),
  operation: z.string(),
  masked: z
    .record(z.string(), z.int())
    .optional()
    .describe('How often something was masked, by the name of its detector; only where it was redacted.'),
  remembered: rememberedAnswer
    .optional()
    .describe('Absent where nothing stands in it that guardrails have masked and remember.'),
  request: z
    .looseObject({
      model: z.string(),
      stream: z.boolean(),
      turns: z.array(z.unknown()).optional(),
      turns_left_out: z.int().optional().describe('Turns for which there was no room: the oldest ones.'),
    })
    .describe('What the client asked, in the words of the house; files are mentioned, not kept.'),
  upstream: z
    .object({
      attempt: z.string(),
      target: z.string(),
      model: z.string(),
      dialect: z.string(),
      lane: z.enum(['native', 'translated']),
      bytes: z.int(),
      changes: z.array(changeAnswer).optional().describe('How it differs from what the client asked.'),
      changes_omitted: z.int().optional(),
      not_compared: z
        .enum(['no-body', 'in-parts', 'too-large', 'not-read'])
        .optional()
        .describe('Why it is not told how it differs.'),
    })
    .optional()
    .describe('What the attempt was sent that answered, or the last one.'),
  answer: z
    .object({
      model: z.string().optional(),
      response_id: z.string().optional(),
      choices: z
        .array(z.looseObject({ blocks: z.array(z.unknown()), finish: z.string().optional() }))
        .optional(),
      is_cut: z.literal(true).optional().describe('More was said than is kept of one answer.'),
    })
    .optional()
    .describe('The answer as far as it came; only of operations that answer in words.'),
  ended_by: z.object(failureAnswer).optional().describe('What broke it or cut it short.'),
  failed_attempts: z.array(
    z.object({
      attempt: z.string(),
      target: z.string(),
      ...failureAnswer,
      status: z.int().optional(),
      body: z.string().optional().describe('What the provider said, cut where it is long.'),
    }),
  ),
})

/** Why nothing is kept of a request. */
export const MISSING_CONTENT = {
  off: 'Nothing is kept of what is said: `logs.content` is off.',
  rule: 'A rule of `logs.content` keeps nothing of it.',
  request: 'The request asked for nothing to be kept of it.',
  house: 'The gateway asked this of its own accord; of such requests nothing is kept.',
  'not-asked': 'It was refused before it was known which rule holds for it, or no model was to be asked.',
  removed: 'It was kept, and somebody has removed it.',
  expired: 'It was kept, and is older than content is kept for.',
  gone: 'It was to be kept and is not there: it was dropped on its way, which `gatehouse_content_dropped_total` counts, or was the oldest where there was no more room.',
} as const

export type MissingReason = keyof typeof MISSING_CONTENT

/** What is known beside the request itself. */
export interface ContentView {
  /** The rules in force; absent: nothing is kept. */
  readonly terms: ContentTerms | undefined
  readonly nowMs: number
}

/** What was said, as it is answered; undefined where none of it is there. */
export function contentJson(
  row: Pick<RequestRow, 'id' | 'atMs'>,
  kept: KeptContent | undefined,
): JsonObject | undefined {
  if (kept === undefined || 'removedMs' in kept) return undefined
  const content = parseJsonObject(kept.text)
  return content && { request_id: row.id, at: toTimeJson(row.atMs), ...content }
}

/** Why nothing is there, and a sentence about it. */
export function missingContent(
  row: RequestRow,
  kept: KeptContent | undefined,
  view: ContentView,
): { readonly reason: MissingReason; readonly detail: string } {
  const reason = missingReason(row, kept, view)
  return { reason, detail: MISSING_CONTENT[reason] + moreOf(reason, kept, view) }
}

function missingReason(
  row: RequestRow,
  kept: KeptContent | undefined,
  { terms, nowMs }: ContentView,
): MissingReason {
  if (kept !== undefined) return 'removed'
  if (row.purpose !== undefined) return 'house'
  const decision = row.decision === undefined ? undefined : readDecision(row.decision)
  const step = readObjects(decision ?? {}, 'steps').find((one) => one['step'] === 'content')
  if (step === undefined) return terms === undefined || terms.isOff ? 'off' : 'not-asked'
  if (readString(step, 'keep') === 'none') return readString(step, 'by') === 'request' ? 'request' : 'rule'
  return terms !== undefined && row.atMs < nowMs - terms.retentionMs ? 'expired' : 'gone'
}

function moreOf(reason: MissingReason, kept: KeptContent | undefined, { terms }: ContentView): string {
  if (reason === 'removed' && kept !== undefined && 'removedMs' in kept)
    return ` (${toTimeJson(kept.removedMs)})`
  if (reason === 'expired' && terms !== undefined) return ` (${formatDuration(terms.retentionMs)})`
  return ''
}
