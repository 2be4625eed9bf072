import { LIMITS } from '../kit/limits.ts'

/**
 * What can happen to a request or its answer on the way through a translation, and how bad it is.
 * `info` is a hint lost, `warn` a wish not honoured, `loss` meaning lost: `strict` turns `warn` and `loss` into a 400.
 */
export const NOTICES = {
  'param.dropped': 'warn',
  'param.clamped': 'warn',
  'param.renamed': 'info',
  'unknown.dropped': 'info',
  'system.relocated': 'info',
  'rank.weakened': 'info',
  'turn.merged': 'info',
  'turn.seeded': 'warn',
  'turn.emptied': 'info',
  'prefill.trimmed': 'info',
  'name.dropped': 'warn',
  'order.flattened': 'warn',
  'schema.lowered': 'warn',
  'schema.unenforced': 'warn',
  'schema.emulated': 'info',
  'tool.renamed': 'info',
  'tool.dropped': 'warn',
  'tool.emulated': 'warn',
  'tool-choice.weakened': 'warn',
  'parallel.unenforced': 'warn',
  'result.media-moved': 'warn',
  'result.repeated': 'warn',
  'result.error-textual': 'info',
  'cache.hint-dropped': 'info',
  'cache.marked': 'info',
  'reasoning.dropped': 'warn',
  'seal.foreign': 'warn',
  'reasoning.adaptive': 'info',
  'seal.lost': 'warn',
  'citation.dropped': 'warn',
  'logprobs.dropped': 'warn',
  'media.dropped': 'loss',
  'call.dropped': 'loss',
  'choice.dropped': 'loss',
  'arguments.invalid': 'warn',
  'native.dropped': 'loss',
  'encoding.emulated': 'info',
  'text.cut': 'warn',
  'native.reworded': 'info',
  'attribution.stripped': 'info',
  'response.not-stored': 'warn',
  'usage.estimated': 'info',
  'max-tokens.defaulted': 'info',
  'max-tokens.clamped': 'warn',
  'model.retiring': 'info',
  'answer.rejected': 'warn',
  'answer.continued': 'warn',
  'guard.masked': 'info',
} as const satisfies Record<string, 'info' | 'warn' | 'loss'>

export type NoticeCode = keyof typeof NOTICES

/** Changes to a request that its answer has to undo: a tool that was renamed is called by the name that the client gave it. */
export const UNDONE_IN_ANSWER: ReadonlySet<NoticeCode> = new Set([
  'tool.renamed',
  'tool.emulated',
  'encoding.emulated',
])

/** "This was changed or dropped in translation." */
export interface Notice {
  readonly code: NoticeCode
  /** The field or part it is about, as a path in the client's own words: `seed`, `messages[2].name`. */
  readonly subject?: string
}

/** Takes notices while a request is translated. */
export type NoticeSink = (code: NoticeCode, subject?: string) => void

/** Renders notices for the `x-gatehouse-notices` header: `param.dropped=seed,logit_bias; seal.foreign` in stable order, at most 1 KiB. */
export function formatNotices(notices: readonly Notice[]): string {
  const subjects = new Map<NoticeCode, Set<string>>()
  for (const { code, subject } of notices) {
    const known = subjects.get(code) ?? new Set<string>()
    if (subject !== undefined) known.add(subject.replaceAll(/[^\w.[\]$-]/g, '_').slice(0, 100))
    subjects.set(code, known)
  }
  const parts = [...subjects]
    .sort(([left], [right]) => left.localeCompare(right))
    .map(([code, names]) => (names.size === 0 ? code : `${code}=${[...names].sort().join(',')}`))
  return parts.join('; ').slice(0, 1024)
}

/** The notices that strict mode refuses. */
export function strictNotices(notices: readonly Notice[]): readonly Notice[] {
  return notices.filter(isLoss)
}

function isLoss({ code }: Notice): boolean {
  return NOTICES[code] !== 'info'
}

/**
 * The notices of one attempt. Each is kept once, however often it is given, and where there are more than `LIMITS.notices` what
 * strict mode refuses takes the place of what it lets pass: a list that is full of hints hides no loss.
 */
export class NoticeList {
  readonly #kept: Notice[] = []

  /** What is kept, in the order in which it came; grows with the list. */
  get all(): readonly Notice[] {
    return this.#kept
  }

  add(code: NoticeCode, subject?: string): void {
    const kept = this.#kept
    for (const known of kept) if (known.code === code && known.subject === subject) return
    const notice = subject === undefined ? { code } : { code, subject }
    if (kept.length < LIMITS.notices) kept.push(notice)
    else if (isLoss(notice)) this.#displaceHint(notice)
  }

  #displaceHint(notice: Notice): void {
    const place = this.#kept.findLastIndex((known) => !isLoss(known))
    if (place >= 0) this.#kept[place] = notice
  }
}
