import { execSync } from 'node:child_process'
import { Agent, run, setDefaultOpenAIClient, setTracingDisabled, tool } from '@openai/agents'
import OpenAI from 'openai'
import { z } from 'zod'

const [task, later] = process.argv.slice(2)
const { GATEHOUSE_URL, GATEHOUSE_KEY, GATEHOUSE_MODEL } = process.env
setTracingDisabled(true)
setDefaultOpenAIClient(new OpenAI({ baseURL: `${GATEHOUSE_URL}/v1`, apiKey: GATEHOUSE_KEY }))

const shell = tool({
  name: 'shell',
  description: 'Runs a command.',
  parameters: z.object({ command: z.string() }),
  execute: ({ command }) => execSync(command, { encoding: 'utf8' }),
})
const agent = new Agent({
  name: 'builder',
  instructions: 'Do what you are told.',
  model: GATEHOUSE_MODEL,
  tools: [shell],
})

const first = await run(agent, task)
const second = await run(agent, [...first.history, { role: 'user', content: later }], { stream: true })
for await (const _event of second);
await second.completed
console.log(first.finalOutput, second.finalOutput)
