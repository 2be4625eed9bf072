import { createDotKernel, createPlainKernel, type DotKernel } from '../src/caching/semantic/dot-kernel.ts'
import { FlatIndex } from '../src/caching/semantic/flat-index.ts'
import { createIndexThread } from '../src/caching/semantic/index-thread.ts'
import { guardAgainst } from '../src/caching/semantic/guards.ts'
import { readQuestion } from '../src/caching/semantic/read-question.ts'
import { createSeededRandom } from '../src/kit/random.ts'

/**
 * What a search among similar questions costs: `bun bench/semantic.ts`. Goal: 100,000 vectors of 384 numbers in 6 ms, on a thread of its
 * own. Prints the search by itself, then through the thread with what the loop of the main thread notices of it. It takes about half a minute.
 */
const ENTRIES = 100_000
const DIMENSIONS = 384
const ROUNDS = 60
const BYTES = 256 * 1024 * 1024

const random = createSeededRandom(1)
const vectorOf = (): Float32Array => Float32Array.from({ length: DIMENSIONS }, () => random.next() - 0.5)
const vectors = Array.from({ length: ENTRIES }, vectorOf)

function middle(values: readonly number[]): number {
  return values.toSorted((one, other) => one - other)[Math.floor(values.length / 2)] ?? 0
}

function report(name: string, milliseconds: readonly number[]): void {
  const shown = [middle(milliseconds), Math.max(...milliseconds), Math.min(...milliseconds)]
  console.log(`${name.padEnd(52)} ${shown.map((one) => `${one.toFixed(3).padStart(10)} ms`).join('')}`)
}

function searched(kernel: DotKernel, rounds: number): number[] {
  const index = new FlatIndex(kernel)
  for (const [id, vector] of vectors.entries()) index.put('p', id, vector)
  const asked = Array.from({ length: rounds }, vectorOf)
  return asked.map((vector) => {
    const began = performance.now()
    index.find('p', vector, 4)
    return performance.now() - began
  })
}

console.log(`${''.padEnd(52)} ${['middle', 'worst', 'best'].map((word) => word.padStart(13)).join('')}`)
report('search, instructions of the machine', searched(createDotKernel(BYTES), ROUNDS))
report('search, plain loops', searched(createPlainKernel(BYTES), 5))

const thread = createIndexThread({ onFull: () => undefined, onLost: (reason) => console.log(reason) })
for (const [id, vector] of vectors.entries()) thread.put('p', id, vector)
await thread.find('p', vectorOf(), 4)
const waits: number[] = []
const stalls: number[] = []
for (let round = 0; round < ROUNDS; round += 1) {
  const vector = vectorOf()
  const began = performance.now()
  const found = thread.find('p', vector, 4)
  stalls.push(performance.now() - began)
  await found
  waits.push(performance.now() - began)
}
report('search on its thread, as it is waited for', waits)
report('search on its thread, what the main thread does', stalls)
thread.close()

const texts = ['How do I reset the router to its first settings?', 'What is the best way to reset a router?']
const times = Array.from({ length: 2_000 }, () => {
  const began = performance.now()
  const [one, other] = texts.map(readQuestion)
  if (one !== undefined && other !== undefined) guardAgainst(one, other)
  return performance.now() - began
})
report('two questions read and guarded', times)
