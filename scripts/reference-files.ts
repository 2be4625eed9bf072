import { answerTypes } from './answer-types.ts'
import { configJsonSchema } from '../src/config/schema-names.ts'
import { conditionsReference } from './conditions-reference.ts'
import { configReference } from './config-reference.ts'
import { detectorsReference } from './detectors-reference.ts'
import { failureReference } from './failure-reference.ts'
import { limitsReference } from './limits-reference.ts'
import { noticeWords } from './notice-words.ts'
import { queryReference } from './query-reference.ts'
import { metricsReference } from './metrics-reference.ts'
import { reasonWords } from './reason-words.ts'
import { recordReference } from './record-reference.ts'
import { schemaReference } from './schema-reference.ts'
import { seriesReference } from './series-reference.ts'
import { translationReference } from './translation-reference.ts'

/** The files of the repository that are made from the code: where each stands and what it must say. */
export const REFERENCE_FILES: readonly { readonly path: string; text(): string }[] = [
  { path: 'docs/failures.md', text: failureReference },
  { path: 'docs/config.md', text: configReference },
  { path: 'docs/conditions.md', text: conditionsReference },
  { path: 'docs/detectors.md', text: detectorsReference },
  { path: 'docs/limits.md', text: limitsReference },
  { path: 'docs/query.md', text: queryReference },
  { path: 'docs/metrics.md', text: metricsReference },
  { path: 'docs/records.md', text: recordReference },
  { path: 'docs/series.md', text: seriesReference },
  { path: 'docs/translation.md', text: translationReference },
  { path: 'dashboard/src/api/answers.ts', text: answerTypes },
  { path: 'dashboard/src/words/reasons.ts', text: reasonWords },
  { path: 'dashboard/src/words/notices.ts', text: noticeWords },
  { path: 'src/store/sqlite/schema.ts', text: schemaReference },
  { path: 'schema/gatehouse.v1.json', text: () => `${JSON.stringify(configJsonSchema(), null, 2)}\n` },
]
