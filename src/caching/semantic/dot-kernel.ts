import { encodeKernel } from './dot-kernel-code.ts'

/** Rows are padded with zeros to a multiple of so many bytes, which is what one turn of the kernel takes. */
export const ROW_STEP = 32

const PAGE_BYTES = 65_536

/**
 * Whole numbers in one memory, and their products: rows of bytes (-128 to 127) against one query of 16-bit numbers. The machine's own
 * instructions and plain loops give the same numbers.
 */
export interface DotKernel {
  /** All of the memory; another one after it has grown. */
  readonly bytes: ArrayBuffer
  /** Makes room for so many bytes in all. False where that is more than there may be. */
  grow(bytes: number): boolean
  /** Writes the product of the query with each row to `out`, as 32-bit numbers. All addresses are multiples of 16. */
  score(rows: DotRows): void
}

/** Where the kernel reads and writes. */
export interface DotRows {
  readonly query: number
  readonly rows: number
  readonly count: number
  /** Bytes of a row, a multiple of `ROW_STEP`; the query has as many numbers. */
  readonly size: number
  readonly out: number
}

interface KernelExports {
  /** Query, rows, count, size, out. */
  readonly score: (...where: readonly number[]) => void
}

/**
 * The kernel in the machine's own instructions, or in plain loops where it has none.
 *
 * @param mostBytes how large its memory may become
 */
export function createDotKernel(mostBytes: number): DotKernel {
  try {
    return new MachineKernel(mostBytes)
  } catch {
    return createPlainKernel(mostBytes)
  }
}

/** WebAssembly with its vector instructions (https://webassembly.github.io/spec/core/), some 250 bytes. */
class MachineKernel implements DotKernel {
  readonly #memory: WebAssembly.Memory
  readonly #mostBytes: number
  readonly #run: KernelExports['score']

  /** Throws where the machine has no such instructions. */
  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes
    this.#memory = new WebAssembly.Memory({ initial: 1, maximum: Math.ceil(mostBytes / PAGE_BYTES) + 1 })
    const module = new WebAssembly.Module(encodeKernel(ROW_STEP))
    const { exports } = new WebAssembly.Instance(module, { house: { memory: this.#memory } })
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the bytes above export this and nothing else
    this.#run = (exports as unknown as KernelExports).score
  }

  get bytes(): ArrayBuffer {
    return this.#memory.buffer
  }

  grow(bytes: number): boolean {
    if (bytes > this.#mostBytes) return false
    const missing = Math.ceil((bytes - this.bytes.byteLength) / PAGE_BYTES)
    try {
      if (missing > 0) this.#memory.grow(missing)
      return true
    } catch {
      return false
    }
  }

  score({ query, rows, count, size, out }: DotRows): void {
    this.#run(query, rows, count, size, out)
  }
}

/** The same in plain loops. */
export function createPlainKernel(mostBytes: number): DotKernel {
  let bytes = new ArrayBuffer(PAGE_BYTES)
  return {
    get bytes() {
      return bytes
    },
    grow: (wanted) => {
      if (wanted > mostBytes) return false
      if (wanted <= bytes.byteLength) return true
      const grown = new ArrayBuffer(Math.ceil(wanted / PAGE_BYTES) * PAGE_BYTES)
      new Uint8Array(grown).set(new Uint8Array(bytes))
      bytes = grown
      return true
    },
    score: ({ query, rows, count, size, out }) => {
      const asked = new Int16Array(bytes, query, size)
      const codes = new Int8Array(bytes, rows, count * size)
      const scores = new Int32Array(bytes, out, count)
      for (let row = 0; row < count; row += 1) {
        let sum = 0
        for (let at = 0; at < size; at += 1) sum += (asked[at] ?? 0) * (codes[row * size + at] ?? 0)
        scores[row] = sum
      }
    },
  }
}
