import type { Database } from 'bun:sqlite'
import { connectDatabase } from './open-database.ts'
import { answerRead, type ReadQuestion } from './reads.ts'
import type { ReaderReply, ReaderRequest } from './reader-messages.ts'

/**
 * The entry of the reader thread: answers one question after another on a connection of its own, so that no screen and no sum ever
 * stands in the way of the event loop that serves requests. It is an entry, so it acts at import; nothing imports it.
 */
let database: Database | undefined

const reply = (message: ReaderReply): void => postMessage(message)

addEventListener('message', ({ data }: MessageEvent<ReaderRequest>) => {
  if (data.type === 'open') {
    database = connectDatabase(data.path)
    return
  }
  const { number, name, question } = data
  try {
    if (database === undefined) throw new Error('the reader is not open')
    const answer = answerRead(database, name, question as ReadQuestion<typeof name>)
    reply({ type: 'answer', number, answer })
  } catch (error) {
    reply({ type: 'refused', number, reason: error instanceof Error ? error.message : String(error) })
  }
})
