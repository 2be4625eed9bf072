import { expect, test } from 'bun:test'
import type { DiskRoom } from '../kit/disk-room.ts'
import { createManualClock } from '../kit/manual-clock.fixture.ts'
import { SILENT } from '../telemetry/silent-telemetry.fixture.ts'
import { followDisk } from './disk-reserve.ts'

/** Lets everything run that waits for no timer. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve))

test('less room than the reserve, or than a tenth of a small disk, is told once; so is room again', async () => {
  const clock = createManualClock()
  const logs: string[] = []
  const telemetry = { ...SILENT, log: (level: string) => void logs.push(level) }
  let rooms: readonly (DiskRoom | undefined)[] = [undefined]
  let looks = 0
  const readRooms = async () => {
    looks += 1
    return rooms
  }
  const disk = await followDisk({ readRooms, reserveBytes: 1_000, clock, telemetry })
  const after = async (...found: readonly (DiskRoom | undefined)[]): Promise<boolean> => {
    rooms = found
    clock.advance(2_000)
    await settle()
    return disk.isTouched
  }
  expect(disk.isTouched).toBe(false)
  expect(await after({ freeBytes: 1_001, totalBytes: 1e9 }, undefined)).toBe(false)
  expect(await after({ freeBytes: 5_000, totalBytes: 1e9 }, { freeBytes: 999, totalBytes: 1e9 })).toBe(true)
  expect(await after({ freeBytes: 998, totalBytes: 1e9 })).toBe(true)
  expect(await after({ freeBytes: 101, totalBytes: 1_000 })).toBe(false)
  expect(await after({ freeBytes: 99, totalBytes: 1_000 })).toBe(true)
  expect(logs).toEqual(['error', 'info', 'error'])
  disk.close()
  const before = looks
  clock.advance(10_000)
  expect(looks).toBe(before)
})
