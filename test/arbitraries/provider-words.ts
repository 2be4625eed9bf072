import { CLIENT_DIALECTS, type ClientDialect } from '../modes.ts'
import { WIRES } from '../wire/all.ts'
import type { StreamFrames } from '../wire/wire-format.ts'

/** What a provider may say, good and bad, in any order; the pauses are for whoever plays them. */
export const PIECES = [
  'begin',
  'text',
  'text',
  'wide text',
  'empty text',
  'finish',
  'usage',
  'done',
  'error',
  'half a frame',
  'no json',
  'zeros',
  'mark',
  'comments',
  'pause',
  'long pause',
  'whole',
  'half of a whole',
] as const

export type Piece = (typeof PIECES)[number]

type Words = Readonly<Record<Exclude<Piece, 'pause' | 'long pause'>, string>>

const USED = { input: 9, output: 3 } as const
const SHARED = {
  'half a frame': 'data: {"cho',
  'no json': 'data: {nothing}\n\n',
  zeros: 'data: \0\0\0\n\n',
  mark: '\uFEFF',
  comments: ': still here\n\n'.repeat(200),
}

/** What stands behind the last word: where a dialect says it in one breath, some of these are nothing. */
const ENDS: Readonly<
  Record<ClientDialect, (frames: StreamFrames) => Pick<Words, 'finish' | 'usage' | 'done'>>
> = {
  'openai-chat': threeFrames,
  'anthropic-messages': threeFrames,
  'openai-responses': ({ finish }) => ({
    finish: finish.slice(0, -1).join(''),
    usage: '',
    done: finish.at(-1) ?? '',
  }),
  gemini: ({ finish }) => ({ finish: finish.join(''), usage: '', done: '' }),
}

function threeFrames({ finish: [finish = '', usage = ''], end }: StreamFrames) {
  return { finish, usage, done: end }
}

function wordsOf(dialect: ClientDialect): Words {
  const wire = WIRES[dialect]
  const frames = wire.stream([], USED)
  const whole = JSON.stringify(wire.whole('whole 🚪', USED))
  const say = (text: string): string => wire.stream([text]).words.join('')
  return {
    ...SHARED,
    ...ENDS[dialect](frames),
    begin: frames.start.join(''),
    text: say('word '),
    'wide text': say('ä€🚪 '),
    'empty text': say(''),
    error: wire.errorFrame({ status: 500, type: 'api_error', message: 'It broke.' }),
    whole,
    'half of a whole': whole.slice(0, whole.length / 2),
  }
}

/** How the pieces are said in each dialect. */
export const WORDS = Object.fromEntries(
  CLIENT_DIALECTS.map((dialect) => [dialect, wordsOf(dialect)]),
) as Readonly<Record<ClientDialect, Words>>
