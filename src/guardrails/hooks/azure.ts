import { z } from 'zod'
import { defined } from '../../kit/defined.ts'
import {
  isObject,
  readBoolean,
  readNumber,
  readObject,
  readObjects,
  readString,
  type Json,
} from '../../kit/json.ts'
import { defineContract } from './contract.ts'
import { joinPortions } from './joined.ts'
import { secretOption, tokenOption, trimUrl, urlOption } from './options.ts'
import { packTexts } from '../portions.ts'
import type { Reading, Seen } from './seen.ts'

/** The newest version that is no preview. */
const VERSION = 'api-version=2024-09-01'

/** Both calls take 10,000 code points (https://learn.microsoft.com/azure/ai-services/content-safety/overview#input-requirements). */
const CAPACITY = { characters: 10_000, portions: 1_000 }

const SUBJECTS = ['harm', 'attacks'] as const
const CATEGORIES = ['Hate', 'SelfHarm', 'Sexual', 'Violence'] as const
/** Four levels: 0, 2, 4 and 6; medium is where Azure's own filters begin. */
const MEDIUM = 4
const SEVERITY = '2, 4 or 6'

/**
 * Azure AI Content Safety: harm in texts, by categories with a severity, and words of blocklists (`POST /contentsafety/text:analyze`), and
 * attacks on prompts (`POST /contentsafety/text:shieldPrompt`). https://learn.microsoft.com/rest/api/contentsafety/text-operations
 */
export const azure = defineContract({
  type: 'azure',
  says: 'Azure AI Content Safety',
  tellsPlaces: false,
  options: z.strictObject({
    url: urlOption,
    key: secretOption.optional(),
    look_for: z
      .array(z.enum(SUBJECTS, { error: SUBJECTS.join(' or ') }))
      .min(1, { error: 'at least one of them' })
      .optional()
      .describe(
        'azure: harm (categories and blocklists, text:analyze), attacks (text:shieldPrompt, of what is asked), each a call of its own. Default: both.',
      ),
    severity: z
      .literal([2, 4, 6], { error: SEVERITY })
      .optional()
      .describe('azure: from which severity on harm counts, low (2), medium (4) or high (6). Default: 4.'),
    categories: z
      .array(z.enum(CATEGORIES, { error: CATEGORIES.join(', ') }))
      .min(1, { error: 'at least one category' })
      .optional()
      .describe('azure: which harm is looked for. Default: all of it.'),
    blocklists: z
      .array(tokenOption)
      .min(1, { error: 'at least one list' })
      .max(10, { error: 'at most 10 lists' })
      .optional()
      .describe('azure: names of blocklists of the resource.'),
  }),
  secrets: ['key'],
  open({ url, key, look_for: subjects = SUBJECTS, severity = MEDIUM, categories, blocklists }, secretOf) {
    const base = `${trimUrl(url)}/contentsafety`
    const subscription = secretOf(key)?.reveal()
    const headers = {
      'content-type': 'application/json',
      ...defined({ 'ocp-apim-subscription-key': subscription }),
    }
    const wanted = {
      ...defined({ categories, blocklistNames: blocklists }),
      outputType: 'FourSeverityLevels',
    }
    const harm = (text: string) => ({
      url: `${base}/text:analyze?${VERSION}`,
      headers,
      body: JSON.stringify({ text, ...wanted }),
      read: (answer: Json) => readHarm(answer, severity),
    })
    const attacks = (userPrompt: string) => ({
      url: `${base}/text:shieldPrompt?${VERSION}`,
      headers,
      body: JSON.stringify({ userPrompt, documents: [] }),
      read: readAttacks,
    })
    return {
      ask({ texts, phase }) {
        const parts = packTexts(texts, CAPACITY).map((portions) => joinPortions(portions).words)
        return [
          ...(subjects.includes('harm') ? parts.map(harm) : []),
          ...(subjects.includes('attacks') && phase === 'input' ? parts.map(attacks) : []),
        ]
      },
    }
  },
})

/** Says how much of what is in a text, and not where. */
function readHarm(answer: Json, least: number): Reading {
  if (!isObject(answer)) return undefined
  const analysis = readObjects(answer, 'categoriesAnalysis')
  const matches = readObjects(answer, 'blocklistsMatch')
  if (analysis.length === 0 && matches.length === 0) return undefined
  const seen: Seen[] = []
  for (const one of analysis) {
    const name = readString(one, 'category')
    const severity = readNumber(one, 'severity')
    if (name === undefined || severity === undefined) return undefined
    if (severity >= least) seen.push({ name })
  }
  for (const match of matches) {
    const name = readString(match, 'blocklistName')
    if (name === undefined) return undefined
    seen.push({ name: `blocklist-${name}` })
  }
  return seen
}

function readAttacks(answer: Json): Reading {
  const analysis = isObject(answer) ? readObject(answer, 'userPromptAnalysis') : undefined
  const isAttack = analysis === undefined ? undefined : readBoolean(analysis, 'attackDetected')
  if (isAttack === undefined) return undefined
  return isAttack ? [{ name: 'prompt-attack' }] : []
}
