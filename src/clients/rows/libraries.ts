import type { ClientRow, Front } from '../client-row.ts'

/*
 * Libraries. The key stands in the environment as GATEHOUSE_KEY, so that no program holds it.
 */

const keyInEnvironment = ({ key }: Front) => ({ GATEHOUSE_KEY: key })
const QUESTION = 'What is a gatehouse?'

/** The question between double quotes: programs and JSON write texts alike there. */
const doubly = ({ question = QUESTION }: Front): string => JSON.stringify(question)

/** The same between single quotes of a program. */
const singly = (front: Front): string =>
  `'${doubly(front)
    .slice(1, -1)
    .replaceAll(String.raw`\"`, '"')
    .replaceAll("'", String.raw`\'`)}'`

/** In JSON that stands between single quotes of a shell. */
const inShell = (front: Front): string => doubly(front).replaceAll("'", String.raw`'\''`)

const openaiSdk: ClientRow = {
  name: 'openai-sdk',
  title: 'OpenAI SDK',
  aliases: ['openai'],
  dialect: 'openai-chat',
  base: '/v1',
  reads: 'its constructor, or OPENAI_BASE_URL and OPENAI_API_KEY',
  callsItself: ['openai', 'asyncopenai'],
  environment: keyInEnvironment,
  snippets: [
    {
      language: 'ts',
      text: (front) => `import OpenAI from 'openai'

const client = new OpenAI({ baseURL: '${front.url}/v1', apiKey: process.env.GATEHOUSE_KEY })
const answer = await client.chat.completions.create({
  model: '${front.model}',
  messages: [{ role: 'user', content: ${singly(front)} }],
})
console.log(answer.choices[0]?.message.content)`,
    },
    {
      language: 'python',
      text: (front) => `import os
from openai import OpenAI

client = OpenAI(base_url="${front.url}/v1", api_key=os.environ["GATEHOUSE_KEY"])
answer = client.chat.completions.create(
    model="${front.model}",
    messages=[{"role": "user", "content": ${doubly(front)}}],
)
print(answer.choices[0].message.content)`,
    },
    {
      language: 'sh',
      text: (front) => `curl -s ${front.url}/v1/chat/completions \\
  -H "Authorization: Bearer $GATEHOUSE_KEY" \\
  -H 'Content-Type: application/json' \\
  -d '{"model":"${front.model}","messages":[{"role":"user","content":${inShell(front)}}]}'`,
    },
  ],
  notes: ['client.responses works at the same address, and so do embeddings and moderations.'],
}

const anthropicSdk: ClientRow = {
  name: 'anthropic-sdk',
  title: 'Anthropic SDK',
  aliases: ['anthropic'],
  dialect: 'anthropic-messages',
  base: '',
  reads: 'its constructor, or ANTHROPIC_BASE_URL and ANTHROPIC_API_KEY',
  callsItself: ['anthropic', 'asyncanthropic'],
  environment: keyInEnvironment,
  snippets: [
    {
      language: 'ts',
      text: (front) => `import Anthropic from '@anthropic-ai/sdk'

const client = new Anthropic({ baseURL: '${front.url}', apiKey: process.env.GATEHOUSE_KEY })
const stream = client.messages.stream({
  model: '${front.model}',
  max_tokens: 200,
  messages: [{ role: 'user', content: ${singly(front)} }],
})
console.log(await stream.finalText())`,
    },
    {
      language: 'python',
      text: (front) => `import os
from anthropic import Anthropic

client = Anthropic(base_url="${front.url}", api_key=os.environ["GATEHOUSE_KEY"])
answer = client.messages.create(
    model="${front.model}",
    max_tokens=200,
    messages=[{"role": "user", "content": ${doubly(front)}}],
)
print(answer.content[0].text)`,
    },
    {
      language: 'sh',
      text: (front) => `curl -s ${front.url}/v1/messages \\
  -H "x-api-key: $GATEHOUSE_KEY" \\
  -H 'anthropic-version: 2023-06-01' \\
  -H 'Content-Type: application/json' \\
  -d '{"model":"${front.model}","max_tokens":200,"messages":[{"role":"user","content":${inShell(front)}}]}'`,
    },
  ],
  notes: ['The base URL has no /v1.'],
}

const googleGenai: ClientRow = {
  name: 'google-genai',
  title: 'Google Gen AI SDK',
  aliases: ['google', 'genai'],
  dialect: 'gemini',
  base: '',
  reads: 'its constructor',
  callsItself: ['google-genai-sdk'],
  environment: keyInEnvironment,
  snippets: [
    {
      language: 'ts',
      text: (front) => `import { GoogleGenAI } from '@google/genai'

const client = new GoogleGenAI({ apiKey: process.env.GATEHOUSE_KEY, httpOptions: { baseUrl: '${front.url}' } })
const answer = await client.models.generateContent({ model: '${front.model}', contents: ${singly(front)} })
console.log(answer.text)`,
    },
    {
      language: 'python',
      text: (front) => `import os
from google import genai

client = genai.Client(api_key=os.environ["GATEHOUSE_KEY"], http_options={"base_url": "${front.url}"})
answer = client.models.generate_content(model="${front.model}", contents=${doubly(front)})
print(answer.text)`,
    },
    {
      language: 'sh',
      text: (front) => `curl -s '${front.url}/v1beta/models/${front.model}:generateContent' \\
  -H "x-goog-api-key: $GATEHOUSE_KEY" \\
  -H 'Content-Type: application/json' \\
  -d '{"contents":[{"role":"user","parts":[{"text":${inShell(front)}}]}]}'`,
    },
  ],
  notes: ['The base URL has no version: the SDK adds its own.'],
}

const langchain: ClientRow = {
  name: 'langchain',
  title: 'LangChain',
  dialect: 'openai-chat',
  base: '/v1',
  reads: 'the constructor of its model',
  environment: keyInEnvironment,
  snippets: [
    {
      language: 'ts',
      text: (front) => `import { ChatOpenAI } from '@langchain/openai'

const chat = new ChatOpenAI({
  model: '${front.model}',
  apiKey: process.env.GATEHOUSE_KEY,
  configuration: { baseURL: '${front.url}/v1' },
})
console.log((await chat.invoke(${singly(front)})).content)`,
    },
    {
      language: 'python',
      text: (front) => `import os
from langchain_openai import ChatOpenAI

chat = ChatOpenAI(model="${front.model}", base_url="${front.url}/v1", api_key=os.environ["GATEHOUSE_KEY"])
print(chat.invoke(${doubly(front)}).content)`,
    },
  ],
  notes: ['useResponsesApi (use_responses_api) may be on or off: both languages are spoken here.'],
}

const llamaindex: ClientRow = {
  name: 'llamaindex',
  title: 'LlamaIndex',
  aliases: ['llama-index'],
  dialect: 'openai-chat',
  base: '/v1',
  reads: 'the constructor of its model',
  environment: keyInEnvironment,
  snippets: [
    {
      language: 'python',
      text: (front) => `import os
from llama_index.llms.openai_like import OpenAILike

llm = OpenAILike(
    model="${front.model}",
    api_base="${front.url}/v1",
    api_key=os.environ["GATEHOUSE_KEY"],
    is_chat_model=True,
    is_function_calling_model=True,
)
print(llm.complete(${doubly(front)}))`,
    },
    {
      language: 'ts',
      text: (front) => `import { OpenAI } from '@llamaindex/openai'

const llm = new OpenAI({ model: '${front.model}', apiKey: process.env.GATEHOUSE_KEY, baseURL: '${front.url}/v1' })
const answer = await llm.chat({ messages: [{ role: 'user', content: ${singly(front)} }] })
console.log(answer.message.content)`,
    },
  ],
  notes: ['In Python the class OpenAI refuses names of models that it does not know; OpenAILike takes any.'],
}

const aiSdk: ClientRow = {
  name: 'ai-sdk',
  title: 'Vercel AI SDK',
  aliases: ['vercel', 'vercel-ai-sdk'],
  dialect: 'openai-chat',
  base: '/v1',
  reads: 'the constructor of its provider',
  callsItself: ['ai', 'ai-sdk'],
  environment: keyInEnvironment,
  snippets: [
    {
      language: 'ts',
      text: (front) => `import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { generateText } from 'ai'

const gatehouse = createOpenAICompatible({
  name: 'gatehouse',
  baseURL: '${front.url}/v1',
  apiKey: process.env.GATEHOUSE_KEY,
})
const { text } = await generateText({ model: gatehouse('${front.model}'), prompt: ${singly(front)} })
console.log(text)`,
    },
  ],
  notes: ['createOpenAI and createAnthropic take the same address, with /v1 both.'],
}

/** The libraries. */
export const LIBRARIES: readonly ClientRow[] = [
  openaiSdk,
  anthropicSdk,
  googleGenai,
  langchain,
  llamaindex,
  aiSdk,
]
