import type { Clock, Timer } from '../kit/clock.ts'
import type { DiskRoom } from '../kit/disk-room.ts'
import type { Telemetry } from '../telemetry/telemetry.ts'

const LOOK_MS = 2_000
/** The reserve is no larger a part of a disk than this: a small one is not there for its reserve alone. */
const LARGEST_PART = 0.1

export interface DiskReserveNeeds {
  /** Room of each file system that things are kept on; undefined where it is not known. */
  readonly readRooms: () => Promise<readonly (DiskRoom | undefined)[]>
  /** Room that is left to the ledger. */
  readonly reserveBytes: number
  readonly clock: Clock
  readonly telemetry: Telemetry
}

/** Knows whether the disk has room for more than the ledger. */
export interface DiskReserve {
  /** True while less than the reserve is free. */
  readonly isTouched: boolean
  close(): void
}

/** Looks at the disk now and again. A look that does not come back is not followed by another, and changes nothing. */
export async function followDisk(needs: DiskReserveNeeds): Promise<DiskReserve> {
  const { readRooms, clock, telemetry } = needs
  let isTouched = false
  let isLooking = false
  let timer: Timer | undefined
  let freeBytes = Number.NaN
  const look = async (): Promise<void> => {
    timer = clock.after(LOOK_MS, () => void look())
    if (isLooking) return
    isLooking = true
    const rooms = (await readRooms()).filter((room) => room !== undefined)
    isLooking = false
    if (rooms.length > 0) freeBytes = Math.min(...rooms.map((room) => room.freeBytes))
    const was = isTouched
    isTouched = rooms.some((room) => room.freeBytes < reserveOn(room, needs.reserveBytes))
    if (isTouched !== was) telemetry.log(isTouched ? 'error' : 'info', words(isTouched), { freeBytes })
  }
  telemetry.gauge('gatehouse_disk_free_bytes', () => freeBytes)
  await look()
  return {
    get isTouched() {
      return isTouched
    },
    close: () => timer?.cancel(),
  }
}

function reserveOn({ totalBytes }: DiskRoom, reserveBytes: number): number {
  return Math.min(reserveBytes, totalBytes * LARGEST_PART)
}

function words(isTouched: boolean): string {
  return isTouched
    ? 'what is left of the disk is kept for the ledger; the request log pauses'
    : 'the disk has room again; the request log goes on'
}
