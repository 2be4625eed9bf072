import { join } from 'node:path'
import type { Config } from '../config/schema.ts'
import { readDiskRoom } from '../kit/disk-room.ts'
import { isGone } from '../kit/is-gone.ts'
import type { ContentTerms } from '../exchange/content-record.ts'
import { LIMITS } from '../kit/limits.ts'
import type { Ledger } from '../ledger/ledger.ts'
import type { StoringTerms } from '../policies/stored/stored-answers.ts'
import { createContentLog, type ContentLog } from './content/content-log.ts'
import { createContentThread } from './content/content-thread.ts'
import { followDisk } from './disk-reserve.ts'
import { FIRST_KEY_FILE, firstKeyIdIn } from './first-key.ts'
import type { Foundation } from './foundation.ts'
import { followFiles, type KeptFiles } from './kept-files.ts'
import { readTextFile } from './read-text.ts'
import { createRequestLog, type RequestLog } from './request-log.ts'
import { followRetention } from './retention.ts'

/** The request log, and what keeps it from taking the room of the ledger. */
export interface Keeping {
  readonly log: RequestLog
  readonly content: ContentLog
  readonly files: KeptFiles
  /** On what terms answers are stored; absent where none are. */
  readonly storing?: StoringTerms
  /** Begins to remove what need not be kept any longer. @param content how long content is kept under the plan in force */
  removeOld(ledger: Ledger, content: () => ContentTerms | undefined): void
  close(): void
}

/** Opens the request log under a look at the disk. */
export async function openKeeping(
  foundation: Foundation,
  { logs: { retention }, responses, cache }: Pick<Config, 'logs' | 'responses' | 'cache'>,
  directory: string,
): Promise<Keeping> {
  const disk = await followDisk({
    ...foundation,
    clock: foundation.lookClock,
    reserveBytes: retention.reserve,
    readRooms: () => Promise.all(foundation.directories.map(readDiskRoom)),
  })
  const log = createRequestLog({
    ...foundation,
    store: foundation.store.requests,
    isPaused: () => disk.isTouched,
  })
  const content = createContentLog({
    ...foundation,
    store: foundation.store.contents,
    thread: createContentThread(foundation.clock),
    isPaused: () => disk.isTouched,
  })
  const files = followFiles({ ...foundation, clock: foundation.lookClock, paths: foundation.files, isGone })
  let old: { close(): void } | undefined
  return {
    log,
    content,
    files,
    ...(responses.store ? { storing: storingTerms(responses, () => disk.isTouched) } : {}),
    removeOld(ledger, contentTerms) {
      const firstKeyId = firstKeyIdIn(readTextFile(join(directory, FIRST_KEY_FILE))) ?? ''
      old = followRetention({
        ...foundation,
        clock: foundation.lookClock,
        retention,
        responses,
        cache,
        content: contentTerms,
        ledger,
        firstKeyId,
      })
    },
    close() {
      old?.close()
      disk.close()
      files.close()
    },
  }
}

function storingTerms(
  { retention, size, project_size }: Config['responses'],
  isPaused: () => boolean,
): StoringTerms {
  const { ownerResponses, storedResponses } = LIMITS
  const room = { ownerBytes: project_size, ownerResponses, bytes: size, responses: storedResponses }
  return { retentionMs: retention, room, isPaused }
}
