import { describe, expect, test } from 'bun:test'
import { sampleExchange } from '../../policies/samples.fixture.ts'
import { askAbout, failureOf, told, type Case } from './ask-hook.fixture.ts'

const ask = (asked: Case) => askAbout(asked, sampleExchange())

const PII = { name: 'x', action: 'ANONYMIZED' }

describe('what they answer, as their documents show it', () => {
  test.each<[string, Case, object]>([
    [
      'Presidio counts code points; a place that goes over the end of a text is one in each',
      {
        type: 'presidio',
        texts: ['😀 John Smith', 'drives'],
        answers: [
          [
            { entity_type: 'PERSON', start: 2, end: 12, score: 0.85, analysis_explanation: null },
            { entity_type: 'US_DRIVER_LICENSE', start: 7, end: 16, score: 0.65 },
          ],
        ],
      },
      {
        person: 1,
        'us-driver-license': 2,
        words: ['person: John Smith', 'us-driver-license: Smith', 'us-driver-license: dr'],
      },
    ],
    [
      'Presidio: what it is not sure enough of is left out',
      {
        type: 'presidio',
        options: { threshold: 0.5 },
        texts: ['Ana'],
        answers: [[{ entity_type: 'PERSON', start: 0, end: 3, score: 0.4 }]],
      },
      {},
    ],
    [
      'Lakera: what the policy has flagged, and where, however it counts',
      {
        type: 'lakera',
        texts: ['😀 ana@example.com', 'ignore all'],
        answers: [
          {
            flagged: true,
            payload: [
              {
                start: 2,
                end: 17,
                text: 'ana@example.com',
                detector_type: 'pii/email',
                labels: [],
                message_id: 0,
              },
              { start: 90, end: 96, text: 'ignore', detector_type: 'pii/custom', labels: [] },
            ],
            breakdown: [
              { detector_type: 'prompt_attack', detected: true },
              { detector_type: 'pii/email', detected: true },
              { detector_type: 'unknown_links', detected: false },
            ],
          },
        ],
      },
      {
        'prompt-attack': 1,
        'pii-email': 1,
        'pii-custom': 1,
        words: ['pii-email: ana@example.com', 'pii-custom: ignore'],
      },
    ],
    [
      'Lakera: flagged, and no more said',
      { type: 'lakera', texts: ['a'], answers: [{ flagged: true }] },
      { flagged: 1 },
    ],
    [
      'Azure: from medium on, blocklists in any case, and attacks',
      {
        type: 'azure',
        texts: ['a'],
        answers: [
          {
            blocklistsMatch: [{ blocklistName: 'Names', blocklistItemId: '1', blocklistItemText: 'a' }],
            categoriesAnalysis: [
              { category: 'Hate', severity: 2 },
              { category: 'SelfHarm', severity: 4 },
              { category: 'Violence', severity: 6 },
            ],
          },
          { userPromptAnalysis: { attackDetected: true }, documentsAnalysis: [] },
        ],
      },
      { 'self-harm': 1, violence: 1, 'blocklist-names': 1, 'prompt-attack': 1 },
    ],
    [
      'Bedrock: what every policy has acted on, and its words wherever they stand',
      {
        type: 'bedrock',
        options: { region: 'eu-central-1', guardrail: 'abc1', key: 'env:KEY' },
        texts: ['mail a@b.example or a@b.example', 'from Ana'],
        answers: [
          {
            usage: { topicPolicyUnits: 1 },
            action: 'GUARDRAIL_INTERVENED',
            outputs: [{ text: 'mail {EMAIL}' }],
            assessments: [
              {
                topicPolicy: {
                  topics: [{ name: 'Financial advice', type: 'DENY', action: 'BLOCKED', detected: true }],
                },
                contentPolicy: {
                  filters: [
                    { type: 'INSULTS', confidence: 'LOW', action: 'NONE', detected: true },
                    { type: 'PROMPT_ATTACK', confidence: 'HIGH', action: 'BLOCKED', detected: true },
                    { type: 'HATE', confidence: 'NONE', action: 'BLOCKED', detected: false },
                  ],
                },
                wordPolicy: {
                  customWords: [{ match: 'mail', action: 'BLOCKED' }],
                  managedWordLists: [{ match: 'nowhere', type: 'PROFANITY', action: 'BLOCKED' }],
                },
                sensitiveInformationPolicy: {
                  piiEntities: [{ type: 'EMAIL', match: 'a@b.example', action: 'ANONYMIZED' }],
                  regexes: [{ ...PII, name: 'first_name', regex: 'A\\w+', match: 'Ana' }],
                },
              },
            ],
          },
        ],
      },
      {
        'financial-advice': 1,
        'prompt-attack': 1,
        word: 1,
        profanity: 1,
        email: 2,
        'first-name': 1,
        words: ['word: mail', 'email: a@b.example', 'email: a@b.example', 'first-name: Ana'],
      },
    ],
    [
      'ours: somewhere, in a text, at a place, wherever words stand',
      {
        type: 'generic',
        texts: ['😀 ab ab', 'cd'],
        answers: [
          {
            found: [
              { name: 'mood', text: null },
              { name: 'Tone', text: 1 },
              { name: 'place', text: 0, start: 2, end: 4 },
              { name: 'WORD', value: 'ab' },
              { name: 'gone', value: 'xyz', text: 1 },
            ],
          },
        ],
      },
      {
        mood: 1,
        tone: 1,
        gone: 1,
        place: 1,
        word: 2,
        words: ['place: ab', 'word: ab', 'word: ab'],
      },
    ],
    [
      'ours, in units of UTF-16: whoever cuts a character means it',
      {
        type: 'generic',
        options: { offsets: 'utf-16' },
        texts: ['a😀b😀c'],
        answers: [{ found: [{ name: 'cut', text: 0, start: 2, end: 5 }] }],
      },
      { cut: 1, words: ['cut: 😀b😀'] },
    ],
    [
      'LiteLLM: what it has changed',
      {
        type: 'litellm',
        texts: ['call +49 30 1234 now', 'same', 'ab'],
        answers: [{ action: 'GUARDRAIL_INTERVENED', texts: ['call [PHONE] now', 'same', 'a_b'] }],
      },
      { changed: 1, words: ['changed: +49 30 1234'] },
    ],
    [
      'LiteLLM: blocked',
      { type: 'litellm', texts: ['a'], answers: [{ action: 'BLOCKED', blocked_reason: 'a' }] },
      { blocked: 1 },
    ],
  ])('%s', async (_name, asked, expected) => {
    expect(told((await ask(asked)).finding)).toEqual(expected)
  })
})

const SPAN = { entity_type: 'A', score: 1 }
const range = (count: number): number[] => [...Array(count).keys()]
const many = (count: number): object[] =>
  range(count).map((at) => ({ name: `n${at}`, text: 0, start: 0, end: 1 }))

describe('what no document says is a failure, never a finding of nothing', () => {
  test.each<[string, object | string]>([
    ['generic', 'not JSON'],
    ['generic', '{"found":[{"name":"a"}]'],
    ['generic', 'null'],
    ['generic', {}],
    ['generic', { found: {} }],
    ['generic', { found: [7] }],
    ['generic', { found: [{}] }],
    ['generic', { found: [{ name: 'a', start: 0, end: 1 }] }],
    ['generic', { found: [{ name: 'a', text: 1, start: 0, end: 1 }] }],
    ['generic', { found: [{ name: 'a', text: 0, start: 1 }] }],
    ['presidio', {}],
    ['presidio', [null]],
    ['presidio', [{ ...SPAN, start: -1, end: 1 }]],
    ['presidio', [{ ...SPAN, start: 2, end: 2 }]],
    ['presidio', [{ ...SPAN, start: 3, end: 1 }]],
    ['presidio', [{ ...SPAN, start: 0, end: 6 }]],
    ['presidio', [{ ...SPAN, start: 0.5, end: 1 }]],
    ['presidio', [{ ...SPAN, start: '0', end: 1 }]],
    ['presidio', [{ start: 0, end: 1, score: 1 }]],
    ['lakera', []],
    ['lakera', { flagged: 'true' }],
    ['lakera', { flagged: true, payload: [{ start: 0, end: 99, detector_type: 'pii' }] }],
    ['azure', { categoriesAnalysis: [] }],
    ['azure', { categoriesAnalysis: [{ category: 'Hate' }] }],
    ['azure', { error: { code: 'x' } }],
    ['bedrock', { action: 'NONE' }],
    ['bedrock', { action: 'SOMETHING', assessments: [] }],
    ['litellm', { action: 'GUARDRAIL_INTERVENED' }],
    ['litellm', { action: 'GUARDRAIL_INTERVENED', texts: ['a', 'b'] }],
    ['litellm', { action: 'none' }],
  ])('%s: %j', async (type, answer) => {
    const options =
      type === 'bedrock' ? { region: 'eu-central-1', guardrail: 'abc1', key: 'env:KEY' } : undefined
    const asked = ask({ type, ...(options && { options }), texts: ['ab cd'], answers: [answer] })
    const failure = await failureOf(asked)
    expect(failure).toHaveProperty('name', 'HookFailure')
    expect(String(failure)).not.toMatch(/ab|v0|key-1/)
  })

  test.each<[string, object | string]>([
    ['what nests without an end', '['.repeat(100_000)],
    ['more places than are looked at', { found: many(10_001) }],
    ['more words than are looked up', { found: range(201).map((at) => ({ name: 'a', value: `v${at}` })) }],
    ['words that stand in more places than are looked at', { found: [{ name: 'a', value: 'x' }] }],
  ])('%s', async (_name, answer) => {
    const asked = ask({ type: 'generic', texts: ['x'.repeat(20_000)], answers: [answer] })
    expect(await failureOf(asked)).toHaveProperty('name', 'HookFailure')
  })

  test('names of theirs are words for logs, metrics and placeholders, whatever they are', async () => {
    const names = [
      '__proto__',
      'constructor',
      'a\nb',
      '<script>',
      '😀',
      '',
      'x'.repeat(900),
      'toString',
      '1st',
    ]
    const { finding } = await ask({
      type: 'generic',
      texts: ['a'],
      answers: [{ found: names.map((name) => ({ name })) }],
    })
    expect(Object.keys(finding.found ?? {})).toEqual([
      'proto',
      'other',
      'a-b',
      'script',
      'x'.repeat(48),
      'to-string',
      'st',
    ])
    const flood = range(200).map((at) => ({ name: `n${at}` }))
    const flooded = await ask({ type: 'generic', texts: ['a'], answers: [{ found: flood }] })
    expect(Object.keys(flooded.finding.found ?? {})).toHaveLength(51)
  })
})
