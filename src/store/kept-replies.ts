/** What a request that carries an idempotency key was answered, for whoever asks it again. */
export interface KeptReply {
  /** A digest of who asked and under which key. */
  readonly id: string
  /** A digest of who asked: those share room. */
  readonly owner: string
  readonly atMs: number
  /** A digest of what was asked. */
  readonly print: string
  /** What was answered, packed and sealed. */
  readonly sealed: Uint8Array
}

/** How much may be kept. The oldest replies make room for new ones. */
export interface ReplyRoom {
  readonly ownerBytes: number
  readonly ownerReplies: number
  readonly bytes: number
  readonly replies: number
}

/** Keeps replies. What was put is there, whatever becomes of the process, when the promise resolves. */
export interface ReplyStore {
  /** Takes the place of one of the same id. */
  put(reply: KeptReply, room: ReplyRoom): Promise<void>
  /** Those from before a time count as gone. */
  find(id: string, sinceMs: number): Promise<KeptReply | undefined>
}
