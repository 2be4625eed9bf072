/*
 * The bytes of the kernel, instruction by instruction. In the text of WebAssembly it is:
 *
 *   (import "house" "memory" (memory 1))
 *   (func (export "score") (param $query i32) (param $row i32) (param $count i32) (param $size i32) (param $out i32)
 *     (local $end i32) (local $at i32) (local $rowEnd i32) (local $sum v128)
 *     $end = $out + $count * 4
 *     (block (loop
 *       br_if 1 ($out >= $end)
 *       $sum = 0; $at = $query; $rowEnd = $row + $size
 *       (loop
 *         $sum += dot(8 bytes of the row as 16-bit numbers, 8 numbers of the query)     four times
 *         $row += 32; $at += 64
 *         br_if 0 ($row < $rowEnd))
 *       mem32[$out] = the four lanes of $sum, added
 *       $out += 4
 *       br 0)))
 */

const I32 = 0x7f
const V128 = 0x7b
const EMPTY = 0x40

const [QUERY, ROW, COUNT, SIZE, OUT, END, AT, ROW_END, SUM] = [0, 1, 2, 3, 4, 5, 6, 7, 8]

const get = (local: number): number[] => [0x20, local]
const set = (local: number): number[] => [0x21, local]
const constant = (value: number): number[] => [0x41, ...signed(value)]
const ADD = [0x6a]
const SHIFT_LEFT = [0x74]
const LESS = [0x49]
const AT_LEAST = [0x4f]
const BLOCK = [0x02, EMPTY]
const LOOP = [0x03, EMPTY]
const DONE = [0x0b]
const branch = (depth: number): number[] => [0x0c, depth]
const branchIf = (depth: number): number[] => [0x0d, depth]
const store32 = [0x36, 2, 0]
/** All instructions over vectors begin with this. */
const vector = (code: number): number[] => [0xfd, ...unsigned(code)]
/** Aligned to 16 and 8 bytes, as logarithms. */
const loadVector = (offset: number): number[] => [...vector(0x00), 4, ...unsigned(offset)]
const loadBytesAsNumbers = (offset: number): number[] => [...vector(0x01), 3, ...unsigned(offset)]
const NO_SUM = [...vector(0x0c), ...Array.from({ length: 16 }, () => 0)]
const lane = (index: number): number[] => [...vector(0x1b), index]
const ADD_LANES = vector(0xae)
/** Multiplies eight pairs of 16-bit numbers and adds each two neighbours: four 32-bit numbers. */
const DOT = vector(0xba)

/** Bytes of a row that one such instruction takes, and of the query. */
const TAKES = 8

/**
 * The module as it is compiled.
 *
 * @param step bytes of a row that one turn of the inner loop takes
 */
export function encodeKernel(step: number): Uint8Array<ArrayBuffer> {
  const dots = Array.from({ length: step / TAKES }, (_none, index) => [
    ...get(SUM),
    ...get(ROW),
    ...loadBytesAsNumbers(index * TAKES),
    ...get(AT),
    ...loadVector(index * TAKES * 2),
    ...DOT,
    ...ADD_LANES,
    ...set(SUM),
  ]).flat()
  const lanes = [0, 1, 2, 3].flatMap((index) => [...get(SUM), ...lane(index), ...(index === 0 ? [] : ADD)])
  const code = [
    [get(OUT), get(COUNT), constant(2), SHIFT_LEFT, ADD, set(END)],
    [BLOCK, LOOP],
    [get(OUT), get(END), AT_LEAST, branchIf(1)],
    [NO_SUM, set(SUM), get(QUERY), set(AT)],
    [get(ROW), get(SIZE), ADD, set(ROW_END)],
    [LOOP],
    [dots],
    [get(ROW), constant(step), ADD, set(ROW)],
    [get(AT), constant(step * 2), ADD, set(AT)],
    [get(ROW), get(ROW_END), LESS, branchIf(0)],
    [DONE],
    [get(OUT), lanes, store32],
    [get(OUT), constant(4), ADD, set(OUT), branch(0)],
    [DONE, DONE, DONE],
  ].flat(2)
  const locals = [2, 3, I32, 1, V128]
  const magic = [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0]
  return Uint8Array.from([
    ...magic,
    // One type: five numbers, and nothing comes back.
    ...section(1, [1, 0x60, 5, I32, I32, I32, I32, I32, 0]),
    ...section(2, [1, ...name('house'), ...name('memory'), 0x02, 0x00, 1]),
    ...section(3, [1, 0]),
    ...section(7, [1, ...name('score'), 0x00, 0]),
    ...section(10, [1, ...sized([...locals, ...code])]),
  ])
}

function section(id: number, content: readonly number[]): number[] {
  return [id, ...sized(content)]
}

function sized(content: readonly number[]): number[] {
  return [...unsigned(content.length), ...content]
}

function name(text: string): number[] {
  return sized([...new TextEncoder().encode(text)])
}

/** Seven bits to a byte, the lowest first (LEB128). */
function unsigned(value: number): number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)]
}

/** Of a number that is not negative: its highest bit must not read as a sign. */
function signed(value: number): number[] {
  return value < 0x40 ? [value] : [(value & 0x7f) | 0x80, ...signed(value >>> 7)]
}
