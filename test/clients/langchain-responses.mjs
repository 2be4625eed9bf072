import { execSync } from 'node:child_process'
import { ChatOpenAI } from '@langchain/openai'
import { createAgent, tool } from 'langchain'
import { z } from 'zod'

const [task, later] = process.argv.slice(2)
const { GATEHOUSE_URL, GATEHOUSE_KEY, GATEHOUSE_MODEL } = process.env
const model = new ChatOpenAI({
  model: GATEHOUSE_MODEL,
  apiKey: GATEHOUSE_KEY,
  useResponsesApi: true,
  configuration: { baseURL: `${GATEHOUSE_URL}/v1` },
})
const shell = tool(({ command }) => execSync(command, { encoding: 'utf8' }), {
  name: 'shell',
  description: 'Runs a command.',
  schema: z.object({ command: z.string() }),
})
const agent = createAgent({ model, tools: [shell] })

const first = await agent.invoke({ messages: [{ role: 'user', content: task }] })
const messages = [...first.messages, { role: 'user', content: later }]
for await (const _part of await agent.stream({ messages }, { streamMode: 'messages' }));
