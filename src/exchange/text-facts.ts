import type { VariableType } from '../kit/expression-variables.ts'
import type { TextFeatures } from './text-features.ts'

/** What can be seen of a text, by the names of facts. */
export const TEXT_FACTS: readonly {
  readonly member: string
  readonly type: VariableType
  readonly doc: string
  readonly read: (text: TextFeatures) => number | string
}[] = [
  { member: 'characters', type: 'int', doc: 'Characters', read: (text) => text.characters },
  { member: 'lines', type: 'int', doc: 'Lines', read: (text) => text.lines },
  {
    member: 'longest_line',
    type: 'int',
    doc: 'Characters of the longest line',
    read: (text) => text.longestLine,
  },
  { member: 'questions', type: 'int', doc: 'Question marks', read: (text) => text.questions },
  {
    member: 'code_fences',
    type: 'int',
    doc: 'Fences of code (three backticks)',
    read: (text) => text.fences,
  },
  { member: 'digits', type: 'double', doc: 'Share of digits, 0.0 to 1.0,', read: (text) => text.digits },
  {
    member: 'non_latin',
    type: 'double',
    doc: 'Share of letters of other scripts than the Latin,',
    read: (text) => text.nonLatin,
  },
  {
    member: 'wide',
    type: 'double',
    doc: 'Share of the wide characters of East Asian scripts',
    read: (text) => text.wide,
  },
  {
    member: 'script',
    type: 'string',
    doc: 'The script of most letters (`latin`, `greek`, `cyrillic`, `hebrew`, `arabic`, `devanagari`, `thai`, `kana`, `hangul`, `han`, `other`; empty without letters)',
    read: (text) => text.script,
  },
]
