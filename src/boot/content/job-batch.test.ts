import { expect, test } from 'bun:test'
import { JobBatch, readJobs } from './job-batch.ts'

const bytes = (text: string) => new TextEncoder().encode(text)

test('jobs arrive as they were added, however large, and a batch that was taken is empty', () => {
  const batch = new JobBatch()
  const large = '😀ä'.repeat(200_000)
  batch.add({ job: '{"a":"ä“😀"}', asked: bytes('{}'), sent: 'ü' })
  batch.add({ job: large, asked: undefined, sent: bytes(large) })
  batch.add({ job: '', asked: undefined, sent: undefined })
  const text = (read: Uint8Array) => new TextDecoder().decode(read)
  const read = [...readJobs(batch.take())].map(({ job, asked, sent }) => [job, text(asked), text(sent)])
  expect(read).toEqual([
    ['{"a":"ä“😀"}', '{}', 'ü'],
    [large, '', large],
    ['', '', ''],
  ])
  expect(batch.take().length).toBe(0)
})
