/** Who keeps an answer besides the store: the provider that gave it, under the same id. */
export interface ResponseHolder {
  /** Id of the target. */
  readonly target: string
  /** Id of the credential: another account of the provider does not know the answer. */
  readonly credential: string
}

/** An answer that is kept so that its owner can ask for it and go on from it. What was said is in the words of one dialect. */
export interface StoredResponse {
  /** The id by which clients know it; unique among those of its owner. */
  readonly id: string
  /** Whose it is; nobody else ever finds it. */
  readonly owner: string
  /** Name of the dialect that can read `input` and `answer`. */
  readonly dialect: string
  /** Name of the model as it was asked for. */
  readonly model: string
  readonly atMs: number
  /** The answer from which the request went on. */
  readonly previousId?: string
  /** What was asked, without what stood before it: JSON text. */
  readonly input: string
  /** What was answered: JSON text. */
  readonly answer: string
  readonly holder?: ResponseHolder
}

/** How much may be kept. The longest unused answers make room for new ones. */
export interface ResponseRoom {
  readonly ownerBytes: number
  readonly ownerResponses: number
  readonly bytes: number
  readonly responses: number
}

/** The most that a conversation may amount to. */
export interface ConversationBounds {
  readonly responses: number
  readonly bytes: number
}

/** The answers that led to one, oldest first and that one last; or why they cannot be had. */
export type StoredConversation =
  | { readonly responses: readonly StoredResponse[] }
  /** `missing`: the one that was asked for, or one before it, is not kept. */
  | { readonly refused: 'missing' | 'too-long' }

/** Which answer is asked for. */
export interface ResponseQuestion {
  readonly owner: string
  readonly id: string
  /** Answers that nobody went on from since then count as gone. */
  readonly usedSinceMs: number
}

/** Keeps answers. What was put or removed is so at once for this process, and for all others when the promise resolves. */
export interface ResponseStore {
  /** Takes the place of one of the same owner and id. All answers before it count as used then, give or take some minutes. */
  put(response: StoredResponse, room: ResponseRoom): Promise<void>
  find(question: ResponseQuestion): Promise<StoredResponse | undefined>
  conversation(question: ResponseQuestion, bounds: ConversationBounds): Promise<StoredConversation>
  remove(owner: string, id: string): Promise<void>
}

/** What an answer takes besides its texts. */
const ROW_BYTES = 512

/** The room that an answer takes, bytes. */
export function bytesOf({ input, answer }: StoredResponse): number {
  return Buffer.byteLength(input) + Buffer.byteLength(answer) + ROW_BYTES
}
