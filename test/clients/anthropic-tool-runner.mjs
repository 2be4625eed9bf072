import { execSync } from 'node:child_process'
import Anthropic from '@anthropic-ai/sdk'
import { betaTool } from '@anthropic-ai/sdk/helpers/beta/json-schema'

const [task, later] = process.argv.slice(2)
const { GATEHOUSE_URL, GATEHOUSE_KEY, GATEHOUSE_MODEL } = process.env
const client = new Anthropic({ baseURL: GATEHOUSE_URL, apiKey: GATEHOUSE_KEY })
const shell = betaTool({
  name: 'shell',
  description: 'Runs a command.',
  inputSchema: { type: 'object', properties: { command: { type: 'string' } }, required: ['command'] },
  run: ({ command }) => execSync(command, { encoding: 'utf8' }) || '(nothing)',
})
const asked = { model: GATEHOUSE_MODEL, max_tokens: 2_000, tools: [shell] }

const first = client.beta.messages.toolRunner({ ...asked, messages: [{ role: 'user', content: task }] })
const last = await first.runUntilDone()
const messages = [
  ...first.params.messages,
  { role: 'assistant', content: last.content },
  { role: 'user', content: later },
]
const second = client.beta.messages.toolRunner({ ...asked, stream: true, messages })
for await (const stream of second) await stream.finalMessage()
