import type { ClientRow, Front } from '../client-row.ts'

/*
 * Libraries. The key stands in the environment as GATEHOUSE_KEY, so that no program holds it.
 */

const keyInEnvironment = ({ key }: Front) => ({ GATEHOUSE_KEY: key })
const QUESTION = 'What is a gatehouse?'

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
      text: ({ url, model }) => `import OpenAI from 'openai'

const client = new OpenAI({ baseURL: '${url}/v1', apiKey: process.env.GATEHOUSE_KEY })
const answer = await client.chat.completions.create({
  model: '${model}',
  messages: [{ role: 'user', content: '${QUESTION}' }],
})
console.log(answer.choices[0]?.message.content)`,
    },
    {
      language: 'python',
      text: ({ url, model }) => `import os
from openai import OpenAI

client = OpenAI(base_url="${url}/v1", api_key=os.environ["GATEHOUSE_KEY"])
answer = client.chat.completions.create(
    model="${model}",
    messages=[{"role": "user", "content": "${QUESTION}"}],
)
print(answer.choices[0].message.content)`,
    },
    {
      language: 'sh',
      text: ({ url, model }) => `curl -s ${url}/v1/chat/completions \\
  -H "Authorization: Bearer $GATEHOUSE_KEY" \\
  -H 'Content-Type: application/json' \\
  -d '{"model":"${model}","messages":[{"role":"user","content":"${QUESTION}"}]}'`,
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
      text: ({ url, model }) => `import Anthropic from '@anthropic-ai/sdk'

const client = new Anthropic({ baseURL: '${url}', apiKey: process.env.GATEHOUSE_KEY })
const stream = client.messages.stream({
  model: '${model}',
  max_tokens: 200,
  messages: [{ role: 'user', content: '${QUESTION}' }],
})
console.log(await stream.finalText())`,
    },
    {
      language: 'python',
      text: ({ url, model }) => `import os
from anthropic import Anthropic

client = Anthropic(base_url="${url}", api_key=os.environ["GATEHOUSE_KEY"])
answer = client.messages.create(
    model="${model}",
    max_tokens=200,
    messages=[{"role": "user", "content": "${QUESTION}"}],
)
print(answer.content[0].text)`,
    },
    {
      language: 'sh',
      text: ({ url, model }) => `curl -s ${url}/v1/messages \\
  -H "x-api-key: $GATEHOUSE_KEY" \\
  -H 'anthropic-version: 2023-06-01' \\
  -H 'Content-Type: application/json' \\
  -d '{"model":"${model}","max_tokens":200,"messages":[{"role":"user","content":"${QUESTION}"}]}'`,
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
      text: ({ url, model }) => `import { GoogleGenAI } from '@google/genai'

const client = new GoogleGenAI({ apiKey: process.env.GATEHOUSE_KEY, httpOptions: { baseUrl: '${url}' } })
const answer = await client.models.generateContent({ model: '${model}', contents: '${QUESTION}' })
console.log(answer.text)`,
    },
    {
      language: 'python',
      text: ({ url, model }) => `import os
from google import genai

client = genai.Client(api_key=os.environ["GATEHOUSE_KEY"], http_options={"base_url": "${url}"})
answer = client.models.generate_content(model="${model}", contents="${QUESTION}")
print(answer.text)`,
    },
    {
      language: 'sh',
      text: ({ url, model }) => `curl -s '${url}/v1beta/models/${model}:generateContent' \\
  -H "x-goog-api-key: $GATEHOUSE_KEY" \\
  -H 'Content-Type: application/json' \\
  -d '{"contents":[{"role":"user","parts":[{"text":"${QUESTION}"}]}]}'`,
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
      text: ({ url, model }) => `import { ChatOpenAI } from '@langchain/openai'

const chat = new ChatOpenAI({
  model: '${model}',
  apiKey: process.env.GATEHOUSE_KEY,
  configuration: { baseURL: '${url}/v1' },
})
console.log((await chat.invoke('${QUESTION}')).content)`,
    },
    {
      language: 'python',
      text: ({ url, model }) => `import os
from langchain_openai import ChatOpenAI

chat = ChatOpenAI(model="${model}", base_url="${url}/v1", api_key=os.environ["GATEHOUSE_KEY"])
print(chat.invoke("${QUESTION}").content)`,
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
      text: ({ url, model }) => `import os
from llama_index.llms.openai_like import OpenAILike

llm = OpenAILike(
    model="${model}",
    api_base="${url}/v1",
    api_key=os.environ["GATEHOUSE_KEY"],
    is_chat_model=True,
    is_function_calling_model=True,
)
print(llm.complete("${QUESTION}"))`,
    },
    {
      language: 'ts',
      text: ({ url, model }) => `import { OpenAI } from '@llamaindex/openai'

const llm = new OpenAI({ model: '${model}', apiKey: process.env.GATEHOUSE_KEY, baseURL: '${url}/v1' })
const answer = await llm.chat({ messages: [{ role: 'user', content: '${QUESTION}' }] })
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
      text: ({ url, model }) => `import { createOpenAICompatible } from '@ai-sdk/openai-compatible'
import { generateText } from 'ai'

const gatehouse = createOpenAICompatible({
  name: 'gatehouse',
  baseURL: '${url}/v1',
  apiKey: process.env.GATEHOUSE_KEY,
})
const { text } = await generateText({ model: gatehouse('${model}'), prompt: '${QUESTION}' })
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
