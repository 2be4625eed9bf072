import { accessSync, constants, existsSync } from 'node:fs'
import type { CompiledConfig } from '../../config/compile.ts'
import { isUsable, renderProblem } from '../../config/problems.ts'
import { readDiskRoom } from '../../kit/disk-room.ts'
import type { Store } from '../../store/store.ts'
import type { Environment } from '../../config/interpolate.ts'
import type { ClientRow } from '../../clients/client-row.ts'
import { well, type Finding } from './finding.ts'

const GIB = 1024 ** 3
/** Below the first the request log pauses soon, below the second the ledger is in danger. */
const LITTLE_ROOM = 2 * GIB
const HARDLY_ROOM = GIB / 2
/** Before it nobody had this program. */
const EARLIEST_MS = Date.UTC(2026, 10)
/** Clocks of machines differ by less. */
const USUAL_DRIFT_MS = 5 * 60_000

/** The file: readable, valid, and what its plan warns of. */
export function configFindings(
  compiled: CompiledConfig | Error,
  file: string,
  text: string,
): readonly Finding[] {
  if (compiled instanceof Error) {
    return [
      {
        state: 'error',
        text: compiled.message,
        advice: 'Name the file with --config, or let this user read it.',
      },
    ]
  }
  const { problems } = compiled
  const told = problems.map((problem): Finding => ({
    state: problem.severity === 'error' ? 'error' : 'warning',
    text: renderProblem(problem, { file, text }),
  }))
  if (isUsable(problems))
    return [...well(file === 'no file' ? 'no file: what is found is used' : `${file} is fine`), ...told]
  return [...told, { state: 'note', text: 'A running gateway goes on with the last file that was fine.' }]
}

/** The data directory, and the room on its disk. */
export async function directoryFindings(directory: string): Promise<readonly Finding[]> {
  if (!existsSync(directory)) {
    return [
      { state: 'note', text: `${directory} is not there yet`, advice: 'The first start makes it: gatehouse' },
    ]
  }
  try {
    accessSync(directory, constants.R_OK | constants.W_OK | constants.X_OK)
  } catch {
    const advice = 'Give it to the user that runs the gateway, or name another with --data.'
    return [{ state: 'error', text: `${directory} cannot be written by this user`, advice }]
  }
  const room = await readDiskRoom(directory)
  if (room === undefined) return well(`${directory} can be written`)
  const free = `${(room.freeBytes / GIB).toFixed(1)} GiB free`
  if (room.freeBytes >= LITTLE_ROOM) return well(`${directory} can be written, ${free}`)
  const advice = 'Make room, or shorten what is kept: docs/keeping.md'
  return [
    {
      state: room.freeBytes < HARDLY_ROOM ? 'error' : 'warning',
      text: `${directory} has only ${free}`,
      advice,
    },
  ]
}

/** The clock: windows of budgets and lives of keys follow it. */
export async function clockFindings(nowMs: number, store: Store | undefined): Promise<readonly Finding[]> {
  const advice = 'Set the clock, and have it kept by NTP: budgets and keys follow it.'
  const shown = new Date(nowMs).toISOString()
  if (nowMs < EARLIEST_MS) return [{ state: 'error', text: `the clock says ${shown}, which is past`, advice }]
  const newest = (await store?.requests.list({ limit: 1 }))?.rows[0]
  if (newest !== undefined && newest.atMs > nowMs + USUAL_DRIFT_MS) {
    const text = `the clock says ${shown}, but the newest request is of ${new Date(newest.atMs).toISOString()}`
    return [{ state: 'warning', text, advice }]
  }
  return well(shown)
}

/** Variables of this shell by which clients go elsewhere. */
export function shellFindings(
  environment: Environment,
  url: string,
  rows: readonly ClientRow[],
): readonly Finding[] {
  const front = { url, key: '', model: '', models: [], answers: true }
  const addresses = new Map(
    rows
      .flatMap((row) => Object.entries(row.environment?.(front) ?? {}))
      .filter(([, value]) => value?.startsWith(url) === true),
  )
  const elsewhere = [...addresses.keys()].filter((name) => {
    const set = environment[name]
    return set !== undefined && set !== '' && !set.startsWith(url)
  })
  if (elsewhere.length === 0) return well('no variable leads clients elsewhere')
  return elsewhere.map((name) => ({
    state: 'warning',
    text: `${name} is ${environment[name]}: clients of this shell go there, not to ${url}`,
    advice: 'eval "$(gatehouse env)"',
  }))
}
