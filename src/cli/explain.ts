import { MODEL_OPERATIONS } from '../exchange/operations/all.ts'
import type { Command } from './command.ts'
import { explainPast } from './explain-past.ts'
import { explainRequest } from './explain-request.ts'

/** Why a request went where it went, or where one would go. */
export const explainCommand: Command = {
  name: 'explain',
  usage: 'MODEL | REQUEST-ID | DECISION-ID',
  summary: 'Why a target was chosen, or which one would be, and what would flip that; nothing is called.',
  examples: [
    'gatehouse explain auto',
    'gatehouse explain smart --tools --tokens 9000 --tag eu',
    'gatehouse explain smart --key ci --outage sim',
    'gatehouse explain --request body.json --config draft.yaml',
    'gatehouse explain req_01J…',
  ],
  flags: {
    request: {
      kind: 'text',
      value: 'FILE',
      help: 'The body of a request, in any dialect; - reads what is piped in. MODEL stands in the place of its own.',
    },
    dialect: {
      kind: 'text',
      value: 'NAME',
      help: 'Its dialect; default: the one that understands the most of it.',
    },
    key: {
      kind: 'text',
      value: 'KEY',
      help: 'Who asks: id or name of a key; default: one without restrictions.',
    },
    tag: { kind: 'list', value: 'TAG', help: 'A tag of the request; may be given several times.' },
    header: {
      kind: 'list',
      value: '"NAME: VALUE"',
      help: 'A header of the client; may be given several times.',
    },
    session: { kind: 'text', value: 'ID', help: 'The session that it belongs to.' },
    customer: { kind: 'text', value: 'ID', help: 'The end customer that it is made for.' },
    region: { kind: 'text', value: 'REGION', help: 'Where it wishes to be answered.' },
    outage: {
      kind: 'text',
      value: 'PROVIDER',
      help: 'Says what would happen if this provider went down now.',
    },
    tokens: {
      kind: 'number',
      value: 'N',
      help: 'Tokens of its input; default: as its body has them, or 1000.',
    },
    operation: { kind: 'text', value: 'NAME', help: `What it asks for: ${MODEL_OPERATIONS.join(', ')}.` },
    tools: { kind: 'switch', help: 'It brings tools.' },
    'max-output': { kind: 'number', value: 'N', help: 'Most output tokens that it asks for.' },
    vision: { kind: 'switch', help: 'It brings images.' },
    documents: { kind: 'switch', help: 'It brings documents.' },
    audio: { kind: 'switch', help: 'It brings audio.' },
    'json-schema': { kind: 'switch', help: 'It asks for output by a JSON Schema.' },
    replay: {
      kind: 'switch',
      help: 'Of a request in the log: make its choice again from what was recorded, and say whether it is the same.',
    },
    budget: { kind: 'switch', help: 'Its key has a budget, which models without a price would pass by.' },
  },
  positionals: 1,
  async run(call) {
    const [subject] = call.arguments.positionals
    if (subject !== undefined && /^(req|dec)_/.test(subject)) return explainPast(subject, call)
    return explainRequest(subject, call)
  },
}
