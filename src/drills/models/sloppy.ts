import { nearestNames } from '../../kit/nearest.ts'
import { freshToolResults } from '../conversation.ts'
import type { Script, ScriptRequest, SimulatedModel } from '../simulated-model.ts'
import { VendorError } from '../vendor-error.ts'
import { smart } from './smart.ts'

const say = (text: string): Script => ({ blocks: [{ type: 'text', text }], finish: { reason: 'stop' } })

/** How an answer can be bad although nothing went wrong with the call. */
const WAYS: Readonly<Record<string, (request: ScriptRequest) => Script>> = {
  arithmetic: () => say('First 17 + 25 = 43, and 43 * 2 = 86. So the answer is 86.'),
  schema: () => say('{"unasked": [1, 2, 3]}'),
  'cut-json': () => say('{"answer": "This was not fini'),
  prose: () => say('Sure! I would rather tell you in plain words than in JSON.'),
  tool: ({ callId }) => ({
    blocks: [{ type: 'tool-call', id: callId(), name: 'no_such_tool', arguments: '{}', form: 'json' }],
    finish: { reason: 'tool-calls' },
  }),
  arguments: ({ chat, callId }) => ({
    blocks: [
      {
        type: 'tool-call',
        id: callId(),
        name: chat.tools?.find(({ type }) => type === 'function')?.name ?? 'no_such_tool',
        arguments: '{"unasked": true}',
        form: 'json',
      },
    ],
    finish: { reason: 'tool-calls' },
  }),
  blank: () => say(' \n\n \n'),
  loop: () => say('And so it goes on, and on, and so it goes. '.repeat(40)),
  script: () => say('Это ответ на другом языке, хотя вопрос был задан совсем иначе.'),
  refusal: () => say("I'm sorry, but I can't help with that question. Perhaps somebody else can."),
  length: () => ({ ...say('This answer stops in the middle of a'), finish: { reason: 'length' } }),
  unsure: () => ({ ...say('It may be this, or that, or something else.'), logprob: -4 }),
  vague: () => say('It depends. Much could be said, one way or the other, and often is.'),
}

/** Answers badly on purpose, in one of the ways that a check of answers has to find. */
export const sloppy: SimulatedModel = {
  name: 'sloppy',
  summary: `Answers badly in the way \`how\` (${Object.keys(WAYS).join(', ')}), at the \`rate\` (1); otherwise like smart, and so about the results of tools.`,
  options: { how: 'word', rate: 'share' },
  answer: (request) => {
    const { options, chat, lot } = request
    const how = options.word('how') ?? 'vague'
    const way = Object.hasOwn(WAYS, how) ? WAYS[how] : undefined
    if (way === undefined) throw unknownWay(how)
    if (lot >= (options.number('rate') ?? 1) || freshToolResults(chat).length > 0)
      return smart.answer(request)
    return way(request)
  },
}

function unknownWay(how: string): VendorError {
  const known = Object.keys(WAYS)
  const [nearest] = nearestNames(how, known, 1)
  const hint = nearest === undefined ? '' : ` Did you mean '${nearest}'?`
  const message = `The option 'how' of the simulated model 'sloppy' must be one of ${known.join(', ')}.${hint}`
  return new VendorError(400, message, { param: 'model' })
}
