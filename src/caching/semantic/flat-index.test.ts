import { expect, test } from 'bun:test'
import { createSeededRandom } from '../../kit/random.ts'
import { createDotKernel, createPlainKernel, type DotKernel } from './dot-kernel.ts'
import { encodeKernel } from './dot-kernel-code.ts'
import { FlatIndex } from './flat-index.ts'
import { createIndexThread, type IndexEvents } from './index-thread.ts'

const BYTES = 16 * 1024 * 1024
const random = createSeededRandom(7)
const vectorOf = (dimensions: number): Float32Array =>
  Float32Array.from({ length: dimensions }, () => random.next() - 0.5)
const near = (vector: Float32Array, by: number): Float32Array =>
  vector.map((value) => value + by * (random.next() - 0.5))

const KERNELS: readonly (readonly [string, () => DotKernel])[] = [
  ['of the machine', () => createDotKernel(BYTES)],
  ['plain', () => createPlainKernel(BYTES)],
]

test('the bytes of the kernel are a module that the machine takes', () => {
  expect(WebAssembly.validate(encodeKernel(32))).toBe(true)
})

test.each(KERNELS)(
  'kernel %s: the nearest are found, in their order, as by comparing all',
  (_name, create) => {
    const index = new FlatIndex(create())
    const vectors = Array.from({ length: 300 }, () => vectorOf(50))
    vectors.push(...vectors.slice(0, 20).map((vector) => near(vector, 0.2)))
    for (const [id, vector] of vectors.entries()) expect(index.put('p', id, vector)).toBe(true)
    for (const asked of vectors.slice(0, 20)) {
      const found = index.find('p', asked, 3)
      expect(found.map(({ id }) => id)).toEqual(byComparing(vectors, asked).slice(0, 3))
      expect(found[0]?.similarity).toBeCloseTo(1, 5)
      expect(found[1]?.similarity).toBeGreaterThan(0.9)
    }
  },
)

function byComparing(vectors: readonly Float32Array[], asked: Float32Array): readonly number[] {
  const cosines = vectors.map((vector, id) => {
    let product = 0
    for (const [at, value] of vector.entries()) product += value * (asked[at] ?? 0)
    return { id, cosine: product / Math.hypot(...vector) / Math.hypot(...asked) }
  })
  return cosines.sort((one, other) => other.cosine - one.cosine).map(({ id }) => id)
}

test('both kernels give the same answers, whatever is put and removed in between', () => {
  const [machine, plain] = [createDotKernel(BYTES), createPlainKernel(BYTES)]
  expect(machine.constructor).not.toBe(plain.constructor)
  const indexes = [new FlatIndex(machine), new FlatIndex(plain)]
  for (let turn = 0; turn < 1_500; turn += 1) {
    const [partition, dimensions] = turn % 3 === 0 ? ['wide', 384] : ['slim', 17]
    const [vector, asked] = [vectorOf(dimensions), vectorOf(dimensions)]
    const removed = Math.floor(random.next() * turn)
    for (const index of indexes) {
      index.put(partition, turn, vector)
      if (turn % 4 === 0) index.remove(partition, removed)
    }
    const [one, other] = indexes.map((index) => index.find(partition, asked, 16))
    expect(one).toEqual(other ?? [])
    expect(one?.some(({ id }) => id === removed && turn % 4 === 0)).toBe(false)
  }
})

test.each(KERNELS)('kernel %s: the largest numbers that there are do not overflow', (_name, create) => {
  const index = new FlatIndex(create())
  const even = new Float32Array(4_096).fill(1)
  index.put('p', 1, even)
  index.put(
    'p',
    2,
    even.map((value) => -value),
  )
  expect(index.find('p', even, 2)).toEqual([
    { id: 1, similarity: expect.closeTo(1, 4) },
    { id: 2, similarity: expect.closeTo(-1, 4) },
  ])
})

test('partitions know nothing of each other, and what cannot be compared is not kept', () => {
  const index = new FlatIndex(createDotKernel(BYTES))
  const vector = vectorOf(8)
  expect(index.put('a', 1, vector)).toBe(true)
  expect(index.find('b', vector, 5)).toEqual([])
  expect(index.put('a', 2, vectorOf(9))).toBe(false)
  expect(index.find('a', vectorOf(9), 5)).toEqual([])
  expect(index.put('a', 3, new Float32Array(8))).toBe(false)
  expect(index.put('a', 4, new Float32Array(8).fill(Number.NaN))).toBe(false)
  expect(index.put('c', 5, vectorOf(4_097))).toBe(false)
})

test('a full memory takes no more, and room that was given back is taken again', () => {
  const index = new FlatIndex(createDotKernel(400_000))
  let id = 0
  while (index.put('a', id, vectorOf(512))) id += 1
  expect(id).toBeGreaterThan(500)
  expect(index.put('b', id, vectorOf(512))).toBe(false)
  for (let gone = 0; gone < id; gone += 1) index.remove('a', gone)
  expect(index.size).toBe(0)
  for (let again = 0; again < id; again += 1) expect(index.put('b', again, vectorOf(512))).toBe(true)
})

test('a thread searches, and answers with nothing once it is closed', async () => {
  const events: IndexEvents = { onFull: () => undefined, onLost: () => undefined }
  const index = createIndexThread(events)
  const vector = vectorOf(384)
  expect(await index.find('p', vector, 3)).toEqual([])
  index.put('p', 7, vector)
  index.put('p', 8, vectorOf(384))
  const [first] = await index.find('p', vector, 3)
  expect(first).toEqual({ id: 7, similarity: expect.closeTo(1, 5) })
  index.remove('p', 7)
  expect((await index.find('p', vector, 3)).map(({ id }) => id)).toEqual([8])
  const asked = index.find('p', vector, 3)
  index.close()
  expect(await asked).toEqual([])
  expect(await index.find('p', vector, 3)).toEqual([])
})
