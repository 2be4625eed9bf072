import { afterAll, beforeAll, describe, expect, test } from 'bun:test'
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ensureDir, FileError, listFiles, openAppendFile, readFileBytes, removeFile } from './append-file.ts'
import { systemClock } from './clock.ts'
import { createManualClock } from './manual-clock.fixture.ts'

let directory = ''
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'gatehouse-append-'))
})
afterAll(() => rmSync(directory, { recursive: true }))

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text)
const SYNC = { clock: systemClock, syncWithinMs: 5 }

const rejection = (error: unknown): unknown => error

/** A disk whose syncs are answered by hand. */
function createSlowDisk() {
  const running: ((error: Error | null) => void)[] = []
  return {
    started: () => running.length,
    sync: (_descriptor: number, done: (error: Error | null) => void) => void running.push(done),
    finish: (index: number, error: Error | null = null) => running[index]?.(error),
  }
}

describe('an append file', () => {
  test('holds what was appended before append returns', () => {
    const path = join(directory, 'immediate')
    const file = openAppendFile(path, SYNC)
    file.append(bytes('one'))
    file.append(bytes('two'))
    expect(readFileSync(path, 'utf8')).toBe('onetwo')
    expect(file.size).toBe(6)
  })

  test('survives kill -9 of the process that wrote it', async () => {
    const path = join(directory, 'killed')
    const script = `
      import { openAppendFile } from ${JSON.stringify(join(import.meta.dir, 'append-file.ts'))}
      import { systemClock } from ${JSON.stringify(join(import.meta.dir, 'clock.ts'))}
      const file = openAppendFile(${JSON.stringify(path)}, { clock: systemClock, syncWithinMs: 60_000 })
      file.append(new TextEncoder().encode('written'))
      process.kill(process.pid, 'SIGKILL')
    `
    await Bun.spawn([process.execPath, '-e', script]).exited
    expect(readFileSync(path, 'utf8')).toBe('written')
  })

  test('goes on where an earlier one stopped, and is private', async () => {
    const path = join(directory, 'continued')
    const first = openAppendFile(path, SYNC)
    first.append(bytes('one'))
    await first.close()
    const second = openAppendFile(path, SYNC)
    expect(second.size).toBe(3)
    second.append(bytes('two'))
    await second.synced()
    await second.close()
    expect(readFileSync(path, 'utf8')).toBe('onetwo')
    expect(statSync(path).mode & 0o777).toBe(0o600)
  })

  test('is synced by itself, one sync for all appends of the time between', () => {
    const clock = createManualClock()
    const disk = createSlowDisk()
    const file = openAppendFile(join(directory, 'grouped'), { clock, syncWithinMs: 5, sync: disk.sync })
    for (let index = 0; index < 100; index += 1) file.append(bytes('x'))
    clock.advance(4)
    expect(disk.started()).toBe(0)
    clock.advance(1)
    expect(disk.started()).toBe(1)
    disk.finish(0)
    clock.advance(100)
    expect(disk.started()).toBe(1)
  })

  test('resolves a wait only when a sync that began after the append has ended', async () => {
    const disk = createSlowDisk()
    const file = openAppendFile(join(directory, 'ordered'), {
      clock: createManualClock(),
      syncWithinMs: 5,
      sync: disk.sync,
    })
    const order: string[] = []
    file.append(bytes('one'))
    const first = file.synced().then(() => order.push('one'))
    file.append(bytes('two'))
    const second = file.synced().then(() => order.push('two'))
    expect(disk.started()).toBe(1)
    disk.finish(0)
    await first
    expect(order).toEqual(['one'])
    expect(disk.started()).toBe(2)
    disk.finish(1)
    await second
    expect(order).toEqual(['one', 'two'])
  })

  test('plans another sync for what was appended during one', () => {
    const clock = createManualClock()
    const disk = createSlowDisk()
    const file = openAppendFile(join(directory, 'during'), { clock, syncWithinMs: 5, sync: disk.sync })
    file.append(bytes('one'))
    clock.advance(5)
    file.append(bytes('two'))
    clock.advance(50)
    expect(disk.started()).toBe(1)
    disk.finish(0)
    clock.advance(5)
    expect(disk.started()).toBe(2)
  })

  test('has nothing to wait for when nothing was appended', async () => {
    const disk = createSlowDisk()
    const file = openAppendFile(join(directory, 'empty'), { ...SYNC, sync: disk.sync })
    await file.synced()
    await file.close()
    expect(disk.started()).toBe(0)
  })

  test('says by its size how much of a write that failed is in it', async () => {
    const path = join(directory, 'limited')
    const script = `
      import { openAppendFile } from ${JSON.stringify(join(import.meta.dir, 'append-file.ts'))}
      import { systemClock } from ${JSON.stringify(join(import.meta.dir, 'clock.ts'))}
      const file = openAppendFile(${JSON.stringify(path)}, { clock: systemClock, syncWithinMs: 5 })
      file.append(new Uint8Array(1_000))
      const thrown = (() => { try { file.append(new Uint8Array(100_000)) } catch (error) { return error } })()
      console.log(JSON.stringify({ size: file.size, code: thrown?.code, poisoned: file.poisoned === thrown }))
    `
    // Files of at most 64 blocks of 512 bytes, or of 1,024: what is larger fails on its way.
    const limited = 'trap "" XFSZ; ulimit -f 64; exec "$0" -e "$1"'
    const child = Bun.spawn(['sh', '-c', limited, process.execPath, script], { stdout: 'pipe' })
    const said: unknown = JSON.parse(await new Response(child.stdout).text())
    expect(said).toEqual({ size: statSync(path).size, code: 'EFBIG', poisoned: true })
    expect(statSync(path).size).toBeGreaterThan(1_000)
    expect(statSync(path).size).toBeLessThan(101_000)
  })

  test('is poisoned for good by a failed sync', async () => {
    const disk = createSlowDisk()
    const file = openAppendFile(join(directory, 'poisoned'), { ...SYNC, sync: disk.sync })
    file.append(bytes('lost?'))
    const waiting = file.synced()
    disk.finish(0, Object.assign(new Error('i/o error'), { code: 'EIO' }))
    expect(await waiting.catch(rejection)).toMatchObject({
      name: 'FileError',
      code: 'EIO',
      operation: 'sync',
    })
    expect(() => file.append(bytes('more'))).toThrow(FileError)
    expect(await file.synced().catch(rejection)).toBe(file.poisoned)
    expect(await file.close().catch(rejection)).toBe(file.poisoned)
    expect(disk.started()).toBe(1)
  })

  test('is poisoned by a failed write', () => {
    const full = openAppendFile('/dev/full', SYNC)
    expect(() => full.append(bytes('x'))).toThrow(FileError)
    expect(full.poisoned?.code).toBe('ENOSPC')
    expect(() => full.append(bytes('x'))).toThrow(FileError)
  })

  test('takes nothing after it was closed', async () => {
    const file = openAppendFile(join(directory, 'closed'), SYNC)
    file.append(bytes('last'))
    await Promise.all([file.close(), file.close()])
    expect(() => file.append(bytes('more'))).toThrow(FileError)
    expect(file.poisoned).toBeUndefined()
  })

  test('in a missing directory is a typed error', () => {
    let caught: unknown
    try {
      openAppendFile(join(directory, 'nowhere', 'file'), SYNC)
    } catch (error) {
      caught = error
    }
    expect(caught).toMatchObject({ name: 'FileError', code: 'ENOENT', operation: 'open' })
  })
})

describe('files', () => {
  test('are listed by name, directories left out; a missing directory is empty', () => {
    const parent = join(directory, 'listing')
    ensureDir(join(parent, 'inner'))
    writeFileSync(join(parent, 'b'), '')
    writeFileSync(join(parent, 'a'), '')
    expect(listFiles(parent)).toEqual(['a', 'b'])
    expect(listFiles(join(directory, 'missing'))).toEqual([])
    expect(() => listFiles(join(parent, 'a'))).toThrow(FileError)
  })

  test('read as bytes, or as undefined when they are missing', () => {
    const path = join(directory, 'bytes')
    writeFileSync(path, new Uint8Array([0, 255, 10]))
    expect(readFileBytes(path)).toEqual(new Uint8Array([0, 255, 10]))
    expect(readFileBytes(join(directory, 'missing'))).toBeUndefined()
    expect(() => readFileBytes(directory)).toThrow(FileError)
  })

  test('are removed, twice if need be', () => {
    const path = join(directory, 'removed')
    writeFileSync(path, '')
    removeFile(path)
    removeFile(path)
    expect(readFileBytes(path)).toBeUndefined()
  })

  test('live in directories that are private', () => {
    const path = join(directory, 'private', 'deep')
    ensureDir(path)
    chmodSync(path, 0o755)
    expect(ensureDir(path)).toBe(true)
    expect(statSync(path).mode & 0o777).toBe(0o700)
  })
})
