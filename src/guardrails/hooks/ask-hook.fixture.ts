import type { Exchange } from '../../exchange/exchange.ts'
import { Secret } from '../../kit/secret.ts'
import type { CheckFinding } from '../check.ts'
import { CONTRACTS } from './all.ts'
import { createHookCheck } from './ask-hook.ts'
import type { Hook } from './contract.ts'
import type { Letter, PostLetter } from './letter.ts'

const SIGNING = `whsec_${Buffer.alloc(32, 7).toString('base64')}`
const SECRETS: Readonly<Record<string, string>> = { 'env:KEY': 'key-1', 'env:SIGNING': SIGNING }

/** Opens a contract as the file would. */
export function open(type: string, options: Readonly<Record<string, unknown>>): Hook {
  const written = CONTRACTS.find((one) => one.type === type)?.read(options)
  if (written === undefined || !('open' in written)) throw new Error(JSON.stringify(written))
  const hook = written.open((reference) => {
    const value = SECRETS[reference ?? '']
    return value === undefined ? undefined : new Secret(value)
  })
  if (hook === undefined || 'message' in hook) throw new Error(JSON.stringify(hook))
  return hook
}

/** What a server is asked, and what it answers. */
export interface Case {
  readonly type: string
  readonly options?: Readonly<Record<string, unknown>>
  readonly texts: readonly string[]
  readonly phase?: 'input' | 'output'
  readonly needsPlaces?: boolean
  /** Of each letter, in their order; the last one again for all further ones. */
  readonly answers: readonly (object | string)[]
}

/** The letters that it got, and what came of its answers. */
export interface Asked {
  readonly letters: readonly Letter[]
  readonly finding: CheckFinding
}

/** Asks a server that answers what it is told to, about texts of an exchange. */
export async function askAbout(
  { type, options = {}, texts, phase = 'input', needsPlaces = false, answers }: Case,
  exchange: Exchange,
): Promise<Asked> {
  const letters: Letter[] = []
  const post: PostLetter = (letter) => {
    const answer = answers[Math.min(letters.length, answers.length - 1)] ?? ''
    letters.push(letter)
    return Promise.resolve(typeof answer === 'string' ? answer : JSON.stringify(answer))
  }
  const url = type === 'bedrock' || type === 'lakera' ? {} : { url: 'https://guard.example/' }
  const check = createHookCheck(open(type, { ...url, ...options }), {
    guardrail: 'guard',
    isPrivate: false,
    letters: { post },
    needsPlaces,
    limitMs: 1_000,
  })
  const signal = new AbortController().signal
  return { finding: await check.judge({ phase, texts, exchange, signal }), letters }
}

/** What was found, and the words at each place. */
export function told({ found, places }: CheckFinding): unknown {
  const words = [...(places ?? [])].flatMap(([text, all]) =>
    all.map(({ name, start, end }) => `${name}: ${text.slice(start, end)}`),
  )
  return { ...found, ...(words.length > 0 && { words }) }
}

/** Why something could not be found out. */
export async function failureOf(asked: Promise<unknown>): Promise<unknown> {
  return await asked.then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
}
