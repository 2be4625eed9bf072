import { dialectMap } from '../../dialects/all.ts'
import { createDetectors } from '../../guardrails/all.ts'
import { createMask } from '../../guardrails/mask.ts'
import { PROVIDERS } from '../../providers/all.ts'
import { composeContent, type ComposeParts } from './compose-content.ts'
import type { ContentReply, ContentRequest } from './content-messages.ts'
import { readJobs, type ReceivedJob } from './job-batch.ts'

/**
 * The entry of the thread that puts what was said in order: compares, masks and compresses it, so that none of that stands in the way of the
 * event loop that serves requests. It is an entry, so it acts at import; nothing imports it.
 */
const parts: ComposeParts = {
  dialects: dialectMap(),
  mask: createMask(createDetectors(PROVIDERS.flatMap(({ keyPrefixes = [] }) => keyPrefixes))),
}

function composed(job: ReceivedJob): ContentReply[number] {
  try {
    return composeContent(job, parts)
  } catch (error) {
    // The words of an error may quote what was said.
    return { defect: error instanceof Error ? error.name : 'unknown' }
  }
}

addEventListener('message', ({ data }: MessageEvent<ContentRequest>) => {
  const reply: ContentReply = Array.from(readJobs(data), composed)
  postMessage(reply)
})
