import { NOTICE_WORDS } from '../src/exchange/notice-words.ts'
import { NOTICES } from '../src/exchange/notice.ts'

const HEAD = '// Made from the notices by `npm run docs`.'

/** What notices say, in sentences for screens: `dashboard/src/words/notices.ts`. */
export function noticeWords(): string {
  const levels = new Map<string, string>(Object.entries(NOTICES))
  const lines = Object.entries(NOTICE_WORDS).map(
    ([code, says]) =>
      `  ${JSON.stringify(code)}: { level: ${JSON.stringify(levels.get(code))}, says: ${JSON.stringify(says)} },`,
  )
  return `${HEAD}

/** \`info\`: a hint was lost; \`warn\`: a wish was not honoured; \`loss\`: meaning was lost. */
export interface NoticeSaid {
  readonly level: 'info' | 'warn' | 'loss'
  readonly says: string
}

/** What the codes of notices mean. */
export const NOTICES: Readonly<Record<string, NoticeSaid | undefined>> = {
${lines.join('\n')}
}
`
}
