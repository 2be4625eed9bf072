import { describe, expect, test } from 'bun:test'
import type { ResponseEvent } from '../exchange/event.ts'
import { Failure } from '../exchange/failure.ts'
import type { ChunkSource, ResponseChunk } from '../exchange/response.ts'
import { createSeededRandom, type Random } from '../kit/random.ts'
import { Flight, type FlightHead } from './flight.ts'

const text = (said: string): ResponseEvent => ({ type: 'text-delta', choice: 0, index: 0, text: said })
const END: ResponseEvent = { type: 'end' }
const HEAD: FlightHead = { model: 'm', notices: () => [], cost: () => 0n }
const GONE = new Failure('client-gone')

/** A call whose answer comes when the test says so. */
class Upstream implements ChunkSource {
  pulls = 0
  cancelledBy: Failure | undefined

  /** Is more wanted of it? */
  get isAsked(): boolean {
    return this.#coming !== undefined
  }

  #coming: PromiseWithResolvers<ResponseChunk | undefined> | undefined

  next(): Promise<ResponseChunk | undefined> {
    this.pulls += 1
    this.#coming = Promise.withResolvers()
    return this.#coming.promise
  }

  cancel(reason: Failure): void {
    this.cancelledBy = reason
  }

  say(...events: readonly ResponseEvent[]): Promise<void> {
    return this.give({ events })
  }

  async give(chunk: ResponseChunk): Promise<void> {
    this.#coming?.resolve(chunk)
    this.#coming = undefined
    await turns()
  }

  breakBy(defect: unknown): void {
    this.#coming?.reject(defect)
  }
}

async function turns(): Promise<void> {
  for (let turn = 0; turn < 10; turn += 1) await Promise.resolve()
}

/** Somebody who reads all there is until he is told to stop. */
class Reader {
  text = ''
  last: ResponseEvent | undefined
  thrown: unknown
  isPaused = false
  readonly #source: ChunkSource

  constructor(source: ChunkSource) {
    this.#source = source
  }

  async read(): Promise<void> {
    while (!this.isPaused) {
      let chunk: ResponseChunk | undefined
      try {
        chunk = await this.#source.next()
      } catch (thrown) {
        this.thrown = thrown
        return
      }
      if (chunk === undefined) return
      for (const event of chunk.events) if ('text' in event) this.text += event.text
      this.last = chunk.events.at(-1) ?? this.last
      if (this.last?.type === 'end' || this.last?.type === 'failure') return
    }
  }
}

function openWorld(mostBytes = 1_000) {
  const upstream = new Upstream()
  const told: string[] = []
  let kept: readonly ResponseEvent[] | undefined
  const flight = new Flight(
    {
      onClosed: () => void told.push('closed'),
      onOver: (said) => {
        kept = said
        told.push('over')
      },
      onLeft: () => void told.push('left'),
      onAlone: () => void told.push('alone'),
    },
    mostBytes,
  )
  const lead = new Reader(flight.lead)
  const begin = async (): Promise<void> => {
    flight.answer(HEAD, upstream)
    void lead.read()
    await turns()
  }
  const follow = async (isPatient = false) => {
    const follower = flight.join(isPatient)
    const reader = new Reader(follower)
    const arrived = follower.arrive()
    void arrived.then((head) => (head instanceof Failure ? undefined : reader.read())).catch(() => undefined)
    await turns()
    return { follower, reader, arrived }
  }
  return { upstream, told, flight, lead, begin, follow, kept: () => kept }
}

describe('who follows', () => {
  test('reads what was said so far at once, and then as it comes', async () => {
    const { upstream, begin, follow, lead, kept } = openWorld()
    const early = await follow()
    await begin()
    await upstream.say(text('One '))
    const late = await follow()
    expect([early.reader.text, late.reader.text]).toEqual(['One ', 'One '])
    await upstream.say(text('two'))
    expect([lead.text, early.reader.text, late.reader.text]).toEqual(['One two', 'One two', 'One two'])
    await upstream.say(END)
    expect([early.reader.last, late.reader.last]).toEqual([END, END])
    expect(kept()).toEqual([text('One two'), END])
  })

  test('slows nobody, and is not slowed by who led', async () => {
    const { upstream, begin, follow, lead } = openWorld()
    const [quick, slow] = [await follow(), await follow()]
    slow.reader.isPaused = true
    lead.isPaused = true
    await begin()
    for (const said of ['a', 'b', 'c']) await upstream.say(text(said))
    await upstream.say(END)
    expect(quick.reader.text).toBe('abc')
    expect([slow.reader.text, lead.text]).toEqual(['', ''])
    for (const reader of [slow.reader, lead]) {
      reader.isPaused = false
      await reader.read()
      expect([reader.text, reader.last]).toEqual(['abc', END])
    }
  })

  test('waits with everybody for a leader who leaves too much standing, and not when he is gone', async () => {
    const { upstream, begin, follow, lead, flight } = openWorld(300)
    const { reader } = await follow()
    lead.isPaused = true
    await begin()
    for (let count = 0; count < 10; count += 1) await upstream.say(text('x'))
    expect(reader.text).toBe('xxx')
    flight.lead.cancel(GONE)
    for (let count = 0; count < 10; count += 1) await upstream.say(text('x'))
    expect(reader.text).toHaveLength(13)
  })

  test('waits as well where what is left is long and no bytes of the provider', async () => {
    const { upstream, begin, follow, lead } = openWorld(1_000)
    const { reader } = await follow()
    lead.isPaused = true
    await begin()
    for (let count = 0; count < 10; count += 1) await upstream.say(text('x'.repeat(600)))
    expect(reader.text).toHaveLength(1_200)
  })

  test('reads on past the bound; who has fallen behind by more fails, and is told so', async () => {
    const { upstream, begin, follow, lead, told, kept } = openWorld(10_000)
    const [quick, slow] = [await follow(), await follow()]
    await begin()
    await upstream.say(text('begin'))
    slow.reader.isPaused = true
    await upstream.say(text('y'))
    for (let count = 0; count < 20; count += 1) await upstream.say(text('z'.repeat(1_000)))
    await upstream.say(END)
    expect(quick.reader.text).toBe(lead.text)
    expect(quick.reader.text).toHaveLength(20_006)
    expect(told).toEqual(['closed', 'over'])
    expect(kept()).toBeUndefined()
    slow.reader.isPaused = false
    await slow.reader.read()
    expect(slow.reader.last).toMatchObject({ type: 'failure', failure: { code: 'client-too-slow' } })
  })

  test('and waits for all of it reads along when it is too long to be told from the beginning', async () => {
    const { upstream, begin, follow, lead } = openWorld(500)
    const { reader } = await follow(true)
    await begin()
    await upstream.say(text('begin'))
    expect(reader.text).toBe('')
    for (let count = 0; count < 20; count += 1) await upstream.say(text('z'.repeat(100)))
    await upstream.say(END)
    expect(reader.text).toHaveLength(2_005)
    expect(reader.text).toBe(lead.text)
  })
})

describe('who leads and leaves', () => {
  test('leaves the call to the others, and it is stopped when the last of them has left', async () => {
    const { upstream, begin, follow, flight, told } = openWorld()
    const [one, two] = [await follow(), await follow()]
    await begin()
    await upstream.say(text('a'))
    flight.lead.cancel(GONE)
    await upstream.say(text('b'))
    expect([one.reader.text, two.reader.text]).toEqual(['ab', 'ab'])
    one.follower.cancel(GONE)
    expect(upstream.cancelledBy).toBeUndefined()
    await upstream.say(text('c'))
    expect(two.reader.text).toBe('abc')
    two.follower.cancel(GONE)
    expect(upstream.cancelledBy).toBe(GONE)
    expect(told).toEqual(['left', 'closed', 'over'])
  })

  test('alone stops it, before it is answered and after', async () => {
    const asking = openWorld()
    asking.flight.lead.cancel(GONE)
    expect(asking.told).toEqual(['closed', 'alone'])
    const answering = openWorld()
    await answering.begin()
    answering.flight.lead.cancel(GONE)
    await turns()
    expect(answering.upstream.cancelledBy).toBe(GONE)
    expect(answering.lead.last).toMatchObject({ type: 'failure', failure: { code: 'client-gone' } })
  })

  test('before it is answered leaves it to those who wait, who read it to its end', async () => {
    const { upstream, flight, follow, kept } = openWorld()
    const [eager, patient] = [await follow(), await follow(true)]
    flight.lead.cancel(GONE)
    flight.answer(HEAD, upstream)
    await turns()
    await upstream.say(text('a'))
    await upstream.say(END)
    expect([eager.reader.text, patient.reader.text]).toEqual(['a', 'a'])
    expect(kept()).toEqual([text('a'), END])
  })
})

describe('a call that fails', () => {
  test('before it is answered is nothing that anybody was told', async () => {
    const { flight, follow } = openWorld()
    const { arrived } = await follow()
    const failure = new Failure('no-candidate')
    flight.fail(failure)
    expect(await arrived).toBe(failure)
  })

  test('is the same failure for all who were told something, and none for who waits for all of it', async () => {
    const { upstream, begin, follow, kept } = openWorld()
    const [eager, patient] = [await follow(), await follow(true)]
    await begin()
    await upstream.say(text('a'))
    const failure = new Failure('stream-truncated')
    await upstream.say({ type: 'failure', failure })
    expect(eager.reader.last).toEqual({ type: 'failure', failure })
    expect(await patient.arrived).toBe(failure)
    expect(kept()).toBeUndefined()
  })

  test('by a defect is told to all, and never ends in silence', async () => {
    const { upstream, begin, follow, lead } = openWorld()
    const { reader } = await follow()
    await begin()
    await upstream.say(text('a'))
    const defect = new Error('a defect')
    upstream.breakBy(defect)
    await turns()
    expect(lead.thrown).toBe(defect)
    expect(reader.last).toMatchObject({ type: 'failure', failure: { code: 'internal' } })
  })

  test('is given up by who has no more time, and goes on for the others', async () => {
    const { upstream, begin, follow } = openWorld()
    const [one, two] = [await follow(), await follow()]
    await begin()
    await upstream.say(text('a'))
    one.follower.giveUp(new Failure('deadline-exceeded'))
    await turns()
    expect(one.reader.last).toMatchObject({ type: 'failure', failure: { code: 'deadline-exceeded' } })
    await upstream.say(text('b'))
    expect(two.reader.text).toBe('ab')
  })
})

test('what is told behind an answer that broke off is told to all, and not kept', async () => {
  const { upstream, begin, follow, kept } = openWorld()
  const { reader } = await follow()
  await begin()
  await upstream.say(text('a'))
  await upstream.give({
    events: [text('b'), END],
    seam: { said: [text('a')], characters: 1, from: 'one', to: 'two' },
  })
  expect([reader.text, reader.last]).toEqual(['ab', END])
  expect(kept()).toBeUndefined()
})

describe('whatever its readers do', () => {
  /** Somebody who reads, waits or leaves as chance has it. */
  class Fickle extends Reader {
    readonly source: ChunkSource
    hasLeft = false

    constructor(source: ChunkSource) {
      super(source)
      this.source = source
      this.isPaused = true
    }

    turn(random: Random): void {
      const chance = random.next()
      if (this.hasLeft || chance > 0.5) return
      if (chance < 0.03) {
        this.hasLeft = true
        this.isPaused = true
        this.source.cancel(GONE)
      } else if (this.isPaused) this.goOn()
      else this.isPaused = true
    }

    goOn(): void {
      if (!this.isPaused) return
      this.isPaused = false
      void this.read()
    }
  }

  /** Has a call answered while its readers come, read and leave. Gives them, and all that was said but for the end. */
  async function play({ upstream, flight }: ReturnType<typeof openWorld>, random: Random) {
    const readers = [new Fickle(flight.lead)]
    flight.answer(HEAD, upstream)
    let all = ''
    for (let turn = 0; turn < 60 && upstream.cancelledBy === undefined; turn += 1) {
      if (random.next() < 0.2 && !flight.isClosed) readers.push(new Fickle(flight.join(random.next() < 0.3)))
      for (const reader of readers) reader.turn(random)
      await turns()
      if (!upstream.isAsked) continue
      const piece = `${turn} `.repeat(Math.ceil(random.next() * 200))
      all += piece
      await upstream.say(text(piece))
    }
    return { readers, all }
  }

  test.each(Array.from({ length: 150 }, (_, seed) => seed))(
    'who stays reads all of it, and a call is stopped when nobody does (%d)',
    async (seed) => {
      const mostBytes = seed % 3 === 0 ? 6_000 : 1_000_000
      const world = openWorld(mostBytes)
      const { upstream, told, kept } = world
      const { readers, all } = await play(world, createSeededRandom(seed))
      const stayed = readers.filter(({ hasLeft }) => !hasLeft)
      expect(upstream.cancelledBy === undefined).toBe(stayed.length > 0)
      if (stayed.length === 0) return expect(told.filter((one) => one === 'over')).toHaveLength(1)
      for (const reader of stayed) reader.goOn()
      await turns()
      if (upstream.isAsked) await upstream.say(END)
      await turns()
      for (const { last, text: read } of stayed) {
        // Who has fallen too far behind is told so, and was told nothing wrong.
        expect(all.startsWith(read)).toBe(true)
        if (last?.type === 'failure') expect(last.failure.code).toBe('client-too-slow')
        else expect([read, last]).toEqual([all, END])
      }
      expect(kept()).toEqual(all.length + 64 <= mostBytes ? [text(all), END] : undefined)
    },
  )
})
