import { LIMITS } from '../../kit/limits.ts'
import { ROW_STEP, type DotKernel } from './dot-kernel.ts'

/** Rows that are given room together. */
const BLOCK_ROWS = 64
/** So many of the nearest by their codes are compared by their numbers. */
const RESCORED = 16
/** What stands for 1 in a row, and in a query: rows are bytes; queries lose less, and no sum of 4,096 products needs more than 32 bits. */
const ROW_SCALE = 127
const QUERY_SCALE = 2_047
/** Where query and scores stand in the memory; blocks begin behind them. */
const QUERY_AT = 0

/** An entry that is near, by its cosine, -1 to 1. */
export interface Near {
  readonly id: number
  readonly similarity: number
}

interface Shelf {
  readonly dimensions: number
  /** Bytes of a row. */
  readonly size: number
  readonly blocks: number[]
  readonly ids: number[]
  /** What each row's codes are multiplied by. */
  readonly scales: number[]
  readonly vectors: Float32Array[]
  readonly places: Map<number, number>
}

/**
 * Vectors by partition, searched one after the other: first by codes of a byte each, then the nearest of them by their numbers.
 * Exact up to what codes can hide among more than 16 that are equally near. Bounded by the memory of its kernel, and by
 * `LIMITS.similarDimensions`.
 */
export class FlatIndex {
  readonly #kernel: DotKernel
  readonly #shelves = new Map<string, Shelf>()
  /** Blocks that are free again, by their bytes. */
  readonly #free = new Map<number, number[]>()
  readonly #outAt: number
  #top: number

  constructor(kernel: DotKernel) {
    this.#kernel = kernel
    this.#outAt = QUERY_AT + padded(LIMITS.similarDimensions) * 2
    this.#top = this.#outAt + BLOCK_ROWS * 4
    kernel.grow(this.#top)
  }

  /** False where there is no room, or the vector is none that others of the partition can be compared with. */
  put(partition: string, id: number, vector: Float32Array): boolean {
    const unit = toUnit(vector)
    if (unit === undefined || unit.length > LIMITS.similarDimensions) return false
    const shelf = this.#shelves.get(partition) ?? newShelf(unit.length)
    if (shelf.dimensions !== unit.length || shelf.places.has(id)) return false
    const row = shelf.ids.length
    if (row === shelf.blocks.length * BLOCK_ROWS) {
      const block = this.#takeBlock(shelf.size * BLOCK_ROWS)
      if (block === undefined) return false
      shelf.blocks.push(block)
    }
    this.#shelves.set(partition, shelf)
    shelf.ids.push(id)
    shelf.vectors.push(unit)
    shelf.places.set(id, row)
    const codes = new Int8Array(this.#kernel.bytes, rowAt(shelf, row), shelf.size)
    shelf.scales.push(quantise(unit, codes, ROW_SCALE))
    return true
  }

  remove(partition: string, id: number): void {
    const shelf = this.#shelves.get(partition)
    const row = shelf?.places.get(id)
    if (shelf === undefined || row === undefined) return
    const last = shelf.ids.length - 1
    shelf.places.delete(id)
    if (row !== last) this.#moveRow(shelf, last, row)
    shelf.ids.pop()
    shelf.scales.pop()
    shelf.vectors.pop()
    if (last % BLOCK_ROWS === 0) this.#giveBack(shelf)
    if (last === 0) this.#shelves.delete(partition)
  }

  /** The nearest of a partition, nearest first, at most `most` and no more than 16. O(entries of the partition). */
  find(partition: string, vector: Float32Array, most: number): readonly Near[] {
    const shelf = this.#shelves.get(partition)
    const unit = toUnit(vector)
    if (shelf === undefined || unit?.length !== shelf.dimensions) return []
    return this.#nearest(shelf, unit)
      .map((row) => ({ id: shelf.ids[row] ?? 0, similarity: cosine(unit, shelf.vectors[row] ?? unit) }))
      .sort((one, other) => other.similarity - one.similarity || one.id - other.id)
      .slice(0, most)
  }

  get size(): number {
    let size = 0
    for (const { ids } of this.#shelves.values()) size += ids.length
    return size
  }

  #nearest(shelf: Shelf, unit: Float32Array): readonly number[] {
    const { bytes } = this.#kernel
    quantise(unit, new Int16Array(bytes, QUERY_AT, shelf.size), QUERY_SCALE)
    const scores = new Int32Array(bytes, this.#outAt, BLOCK_ROWS)
    const best = new Best(RESCORED)
    for (const [index, block] of shelf.blocks.entries()) {
      const from = index * BLOCK_ROWS
      const count = Math.min(BLOCK_ROWS, shelf.ids.length - from)
      this.#kernel.score({ query: QUERY_AT, rows: block, count, size: shelf.size, out: this.#outAt })
      for (let row = 0; row < count; row += 1)
        best.offer(from + row, (scores[row] ?? 0) * (shelf.scales[from + row] ?? 0))
    }
    return best.rows
  }

  #moveRow(shelf: Shelf, from: number, to: number): void {
    const { bytes } = this.#kernel
    new Int8Array(bytes, rowAt(shelf, to), shelf.size).set(
      new Int8Array(bytes, rowAt(shelf, from), shelf.size),
    )
    const id = shelf.ids[from] ?? 0
    shelf.ids[to] = id
    shelf.scales[to] = shelf.scales[from] ?? 0
    const vector = shelf.vectors[from]
    if (vector !== undefined) shelf.vectors[to] = vector
    shelf.places.set(id, to)
  }

  #takeBlock(bytes: number): number | undefined {
    const free = this.#free.get(bytes)?.pop()
    if (free !== undefined) return free
    if (!this.#kernel.grow(this.#top + bytes)) return undefined
    const block = this.#top
    this.#top += bytes
    return block
  }

  #giveBack(shelf: Shelf): void {
    const block = shelf.blocks.pop()
    if (block === undefined) return
    const bytes = shelf.size * BLOCK_ROWS
    const free = this.#free.get(bytes)
    if (free === undefined) this.#free.set(bytes, [block])
    else free.push(block)
  }
}

/** The rows with the highest scores, of which there are few. */
class Best {
  readonly #most: number
  readonly #rows: number[] = []
  readonly #scores: number[] = []
  #least = Number.NEGATIVE_INFINITY

  constructor(most: number) {
    this.#most = most
  }

  offer(row: number, score: number): void {
    if (score <= this.#least) return
    let at = this.#scores.length
    while (at > 0 && (this.#scores[at - 1] ?? 0) < score) at -= 1
    this.#rows.splice(at, 0, row)
    this.#scores.splice(at, 0, score)
    if (this.#rows.length <= this.#most) return
    this.#rows.pop()
    this.#scores.pop()
    this.#least = this.#scores.at(-1) ?? Number.NEGATIVE_INFINITY
  }

  get rows(): readonly number[] {
    return this.#rows
  }
}

function newShelf(dimensions: number): Shelf {
  return {
    dimensions,
    size: padded(dimensions),
    blocks: [],
    ids: [],
    scales: [],
    vectors: [],
    places: new Map(),
  }
}

function padded(dimensions: number): number {
  return Math.ceil(dimensions / ROW_STEP) * ROW_STEP
}

function rowAt({ blocks, size }: Shelf, row: number): number {
  return (blocks[Math.floor(row / BLOCK_ROWS)] ?? 0) + (row % BLOCK_ROWS) * size
}

/** Undefined for what has no direction. */
function toUnit(vector: Float32Array): Float32Array | undefined {
  let sum = 0
  for (const value of vector) sum += value * value
  if (!(sum > 0) || !Number.isFinite(sum)) return undefined
  const by = 1 / Math.sqrt(sum)
  return vector.map((value) => value * by)
}

/** Writes whole numbers for a vector, zeros behind it. Gives what they are multiplied by to be the vector again. */
function quantise(unit: Float32Array, to: Int8Array | Int16Array, scale: number): number {
  let largest = 0
  for (const value of unit) largest = Math.max(largest, Math.abs(value))
  const by = scale / largest
  for (let at = 0; at < unit.length; at += 1) to[at] = Math.round((unit[at] ?? 0) * by)
  to.fill(0, unit.length)
  return 1 / by
}

function cosine(one: Float32Array, other: Float32Array): number {
  let sum = 0
  for (let at = 0; at < one.length; at += 1) sum += (one[at] ?? 0) * (other[at] ?? 0)
  return Math.min(1, Math.max(-1, sum))
}
