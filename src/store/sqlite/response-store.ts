import { LIMITS } from '../../kit/limits.ts'
import {
  bytesOf,
  type ConversationBounds,
  type ResponseQuestion,
  type ResponseRoom,
  type ResponseStore,
  type StoredConversation,
  type StoredResponse,
} from '../stored-responses.ts'
import type { RowReader } from './reads.ts'
import { putText, removeText } from './response-writes.ts'
import type { RowWriter } from './row-writer.ts'

/**
 * Creates the store of answers over whoever reads and writes its rows. A client that has read its answer may go on from it before the
 * next batch is committed, so what waits for the writer is found here.
 */
export function createResponseStore(reader: RowReader, writer: RowWriter): ResponseStore {
  return new ResponseRows(reader, writer)
}

class ResponseRows implements ResponseStore {
  readonly #reader: RowReader
  readonly #writer: RowWriter
  /** What the database does not say yet: an answer, or that there is none any more. */
  readonly #waiting = new Map<string, StoredResponse | 'removed'>()
  #waitingBytes = 0

  constructor(reader: RowReader, writer: RowWriter) {
    this.#reader = reader
    this.#writer = writer
  }

  async put(response: StoredResponse, room: ResponseRoom): Promise<void> {
    const bytes = bytesOf(response)
    if (this.#waitingBytes + bytes > LIMITS.storedQueueBytes)
      throw new Error('too many answers wait for the database')
    this.#waitingBytes += bytes
    try {
      await this.#write(keyOf(response), response, putText(response, room))
    } finally {
      this.#waitingBytes -= bytes
    }
  }

  remove(owner: string, id: string): Promise<void> {
    return this.#write(keyOf({ owner, id }), 'removed', removeText(owner, id))
  }

  async find(question: ResponseQuestion): Promise<StoredResponse | undefined> {
    const waiting = this.#waiting.get(keyOf(question))
    if (waiting !== undefined) return waiting === 'removed' ? undefined : waiting
    return this.#reader.read('response', question)
  }

  async conversation(question: ResponseQuestion, bounds: ConversationBounds): Promise<StoredConversation> {
    const newest: StoredResponse[] = []
    let left = bounds
    let id: string | undefined = question.id
    while (id !== undefined) {
      const waiting = this.#waiting.get(keyOf({ owner: question.owner, id }))
      if (waiting === undefined) break
      if (waiting === 'removed') return { refused: 'missing' }
      left = { responses: left.responses - 1, bytes: left.bytes - bytesOf(waiting) }
      if (left.responses < 0 || left.bytes < 0) return { refused: 'too-long' }
      newest.unshift(waiting)
      id = waiting.previousId
    }
    if (id === undefined) return { responses: newest }
    // What a waiting answer went on from is in use.
    const usedSinceMs = newest.length === 0 ? question.usedSinceMs : 0
    // Removed before this question was asked, committed or not by the time that it is answered.
    const removed = new Set([...this.#waiting.keys()].filter((key) => this.#waiting.get(key) === 'removed'))
    const earlier = await this.#reader.read('conversation', { ...question, id, usedSinceMs }, left)
    if ('refused' in earlier) return earlier
    const isWhole = earlier.responses.every((response) => !removed.has(keyOf(response)))
    return isWhole ? { responses: [...earlier.responses, ...newest] } : { refused: 'missing' }
  }

  async #write(key: string, says: StoredResponse | 'removed', text: string): Promise<void> {
    this.#waiting.set(key, says)
    try {
      await this.#writer.write('responses', [text])
    } finally {
      if (this.#waiting.get(key) === says) this.#waiting.delete(key)
    }
  }
}

function keyOf({ owner, id }: Pick<StoredResponse, 'owner' | 'id'>): string {
  return `${id}\n${owner}`
}
