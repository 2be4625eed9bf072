import type { Database } from 'bun:sqlite'
import { connectDatabase } from './open-database.ts'
import { createPrune } from './prune.ts'
import { createCommit, type WriteBatch } from './row-writer.ts'
import type { WriterReply, WriterRequest } from './writer-messages.ts'

/**
 * The entry of the writer thread: commits batches on a connection of its own, so that no fsync ever stands in the way of
 * the event loop that serves requests. It is an entry, so it acts at import; nothing imports it.
 */
let database: Database | undefined
let commit: ((batch: WriteBatch) => void) | undefined
/** Prepared when it is first needed, which is long after the start. */
let prune: ReturnType<typeof createPrune> | undefined

const reply = (message: WriterReply): void => postMessage(message)

const obey = (request: WriterRequest): void => {
  switch (request.type) {
    case 'open':
      database = connectDatabase(request.path)
      commit = createCommit(database)
      reply({ type: 'ready' })
      return
    case 'write':
      if (commit === undefined) throw new Error('the writer is not open')
      commit(JSON.parse(request.batch) as WriteBatch)
      reply({ type: 'committed', number: request.number })
      return
    case 'prune':
      if (database === undefined) throw new Error('the writer is not open')
      prune ??= createPrune(database)
      reply({ type: 'pruned', pruned: prune(request.expiry) })
      return
    case 'close':
      database?.close()
      database = undefined
      commit = undefined
      prune = undefined
      reply({ type: 'closed' })
  }
}

addEventListener('message', (event: MessageEvent<WriterRequest>) => {
  const request = event.data
  try {
    obey(request)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    if (request.type === 'write') reply({ type: 'refused', number: request.number, reason })
    else if (request.type === 'prune') reply({ type: 'unpruned', reason })
    else reply({ type: 'failed', reason })
  }
})
