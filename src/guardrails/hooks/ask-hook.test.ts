import { describe, expect, test } from 'bun:test'
import { sampleExchange } from '../../policies/samples.fixture.ts'
import { askAbout, failureOf, open, told, type Case } from './ask-hook.fixture.ts'
import { createHookCheck } from './ask-hook.ts'
import type { PostLetter } from './letter.ts'

const ask = (asked: Case) => askAbout(asked, sampleExchange())

describe('what is sent is bounded', () => {
  test('longer texts are cut into letters, a few of them under way at a time, and the first that fails ends all', async () => {
    let underWay = 0
    let most = 0
    let sent = 0
    const aborted: boolean[] = []
    const answers: PromiseWithResolvers<string>[] = []
    const post: PostLetter = (_letter, { signal }) => {
      sent += 1
      underWay += 1
      most = Math.max(most, underWay)
      const answer = Promise.withResolvers<string>()
      signal.addEventListener('abort', () => void aborted.push(true))
      answers.push(answer)
      return answer.promise.finally(() => (underWay -= 1))
    }
    const hook = open('presidio', { url: 'https://guard.example' })
    const check = createHookCheck(hook, {
      guardrail: 'guard',
      isPrivate: false,
      letters: { post },
      needsPlaces: false,
      limitMs: 1_000,
    })
    const asked = check.judge({
      phase: 'input',
      texts: ['x'.repeat(250_000)],
      exchange: sampleExchange(),
      signal: new AbortController().signal,
    })
    answers[0]?.resolve('[]')
    await Bun.sleep(0)
    answers[1]?.reject(new Error('broken'))
    expect(String(await failureOf(asked))).toBe('HookFailure: it could not be asked')
    await Bun.sleep(0)
    expect([most, sent, aborted.length > 0]).toEqual([4, 5, true])
  })

  test('what is longer than anybody would wait for is not sent at all', async () => {
    const tooMany = ask({ type: 'azure', texts: ['x'.repeat(1_900_000)], answers: [[]] })
    expect(String(await failureOf(tooMany))).toContain('too long')
  })

  test('what is to be masked has to be told: else the rest of it would go on as if it were', async () => {
    const asked = (...found: readonly object[]) =>
      ask({ type: 'generic', texts: ['ab'], needsPlaces: true, answers: [{ found }] })
    const at = { name: 'a', text: 0, start: 0, end: 1 }
    expect((await asked(at, { name: 'a' })).finding.places?.size).toBe(1)
    for (const vague of [{ name: 'b' }, { name: 'b', value: 'AB' }])
      expect(String(await failureOf(asked(at, vague)))).toContain('does not say where')
  })

  test('what stands in the place of a value is none: masked again, it would never be put back', async () => {
    const text = 'Dear <PERSON_K3F9> and Bo of <EMAIL_7QZ1>, <PERSON_0000>'
    const placeholders = {
      put: () => '',
      masked: new Map(),
      restorable: new Map([
        ['<PERSON_K3F9>', 'Ana'],
        ['<EMAIL_7QZ1>', 'a@b.example'],
      ]),
    }
    const at = (words: string) => ({
      name: 'person',
      text: 0,
      start: text.indexOf(words),
      end: text.indexOf(words) + words.length,
    })
    const found = [at('PERSON_K3F9'), at('<PERSON_K3F9> and Bo'), at('EMAIL'), at('<PERSON_0000>')]
    const { finding } = await askAbout(
      { type: 'generic', texts: [text], answers: [{ found }] },
      sampleExchange({ placeholders }),
    )
    expect(told(finding)).toEqual({ person: 2, words: ['person:  and Bo', 'person: <PERSON_0000>'] })
    const other = await askAbout(
      { type: 'generic', texts: [text], needsPlaces: true, answers: [{ found: [at('PERSON_K3F9')] }] },
      sampleExchange({ placeholders }),
    )
    expect(other.finding).toEqual({})
  })

  test('nobody is asked where nothing was said', async () => {
    const { letters, finding } = await ask({ type: 'presidio', texts: ['', ' \n'], answers: [[]] })
    expect([letters.length, finding]).toEqual([0, {}])
  })
})
