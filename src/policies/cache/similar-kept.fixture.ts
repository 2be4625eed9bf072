import { createDotKernel } from '../../caching/semantic/dot-kernel.ts'
import { FlatIndex } from '../../caching/semantic/flat-index.ts'
import type { IndexEvents, SimilarityIndex } from '../../caching/semantic/index-thread.ts'
import { KeptTrust } from '../../caching/semantic/kept-trust.ts'
import { SimilarBoard } from '../../caching/semantic/similar-board.ts'
import { SimilarEntries } from '../../caching/semantic/similar-entries.ts'
import { createTestSettings } from '../../experiments/canaries.fixture.ts'
import { createManualClock } from '../../kit/manual-clock.fixture.ts'
import { SILENT } from '../../telemetry/silent-telemetry.fixture.ts'
import type { SimilarBoardParts } from '../../caching/semantic/similar-board.ts'
import type { SimilarKept } from './similar-parts.ts'

/** For tests: an index without a thread. */
export function createIndexHere({ onFull }: IndexEvents): SimilarityIndex {
  const index = new FlatIndex(createDotKernel(8 * 1024 * 1024))
  return {
    put: (partition, id, vector) => {
      if (!index.put(partition, id, vector)) onFull(partition, id)
    },
    remove: (partition, id) => index.remove(partition, id),
    find: async (partition, vector, most) => index.find(partition, vector, most),
    close: () => undefined,
  }
}

/** For tests: what is known of similar questions, nothing at first. */
export async function openTestSimilar(
  settings: SimilarBoardParts['settings'] = createTestSettings(),
  telemetry = SILENT,
): Promise<SimilarKept> {
  const trusts = await KeptTrust.open({ settings, clock: createManualClock(), telemetry })
  return {
    board: await SimilarBoard.open({ settings, telemetry }),
    entries: new SimilarEntries(trusts, () => undefined, createIndexHere),
    running: { count: 0 },
  }
}
