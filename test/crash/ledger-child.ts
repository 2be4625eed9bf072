import { writeSync } from 'node:fs'
import { systemClock } from '../../src/kit/clock.ts'
import { openStore } from '../../src/store/open-store.ts'
import { crashedRow } from '../../src/ledger/crashed-row.fixture.ts'
import { createJournalFiles } from '../../src/ledger/journal-files.ts'
import { openLedger } from '../../src/ledger/ledger.ts'
import { SILENT } from '../../src/telemetry/silent-telemetry.fixture.ts'

/**
 * A process for `ledger.test.ts` to kill: announces and settles attempts as fast as it can, several at once, and says on
 * standard output what it has been promised. Arguments: directory, prefix of the ids, durability, how many at once.
 */
const [directory = '', prefix = '', durability = '', lanes = ''] = process.argv.slice(2)

const say = (line: string): void => void writeSync(1, `${line}\n`)

const store = await openStore({ url: `sqlite:${directory}/store.db`, clock: systemClock, flushWithinMs: 5 })
const ledger = await openLedger({
  files: createJournalFiles(systemClock),
  directory: `${directory}/journal`,
  store: store.ledger,
  clock: systemClock,
  telemetry: SILENT,
  durability: durability === 'strict' ? 'strict' : 'standard',
  segmentBytes: 20_000,
})

const attempt = async (id: string, index: number): Promise<void> => {
  const intent = crashedRow(id, {
    requestId: `req_${id}`,
    atMs: systemClock.nowMs(),
    costNanoUsd: 1n,
  })
  say(`announcing ${id}`)
  await ledger.intend(intent)
  say(`announced ${id}`)
  await new Promise((resolve) => setImmediate(resolve))
  if (index % 7 === 0) {
    say(`withdrawing ${id}`)
    ledger.void(id)
    say(`withdrawn ${id}`)
    return
  }
  await ledger.settle({ ...intent, outcome: 'ok', basis: 'reported', costNanoUsd: 2n })
  say(`settled ${id}`)
}

say('ready')
const LANES = Array.from({ length: Number(lanes) }, (_, lane) => lane)
for (let index = 0; ; index += LANES.length) {
  await Promise.all(LANES.map((lane) => attempt(`${prefix}_${index + lane}`, index + lane)))
}
