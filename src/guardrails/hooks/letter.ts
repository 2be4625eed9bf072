import type { AwsSigner } from '../../kit/sign-aws.ts'

/** What is added to a letter when it is sent, by which its receiver knows who sends it, and that nothing of it was changed. */
export type Proof =
  | { readonly by: 'webhook'; readonly key: Uint8Array }
  | { readonly by: 'aws'; readonly signer: AwsSigner }

/** One question to a server of guardrails, as it is posted. It holds what somebody said, and keys: it is never shown. */
export interface Letter {
  readonly url: string
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>
  /** JSON. */
  readonly body: string
  readonly proof?: Proof | undefined
}

/** Who sends a letter, and how long an answer is waited for. */
export interface Posting {
  /** The guardrail: its letters share connections, and what is known of whether its server answers. */
  readonly guardrail: string
  /** True where the server may be at an address of one's own network, and need not speak TLS. */
  readonly isPrivate: boolean
  /** The server is given up after so long, which counts against it. */
  readonly limitMs: number
  /** Aborted when nobody wants to know any more, which does not. */
  readonly signal: AbortSignal
}

/** Posts a letter; gives what is answered with a status of success. Rejects with HookFailure only. */
export type PostLetter = (letter: Letter, posting: Posting) => Promise<string>

/** A server of guardrails could not be asked, or not be understood. Says nothing of what was sent or answered. */
export class HookFailure extends Error {
  constructor(why: string) {
    super(why)
    this.name = 'HookFailure'
  }
}

/** By what servers of guardrails are asked. */
export interface Letters {
  /** Absent where nobody may be asked: then nothing is found. */
  readonly post?: PostLetter
}

/** Asks nobody: for plans that are made to be looked at, or to be rehearsed with what nobody has said. */
export const NO_LETTERS: Letters = {}
