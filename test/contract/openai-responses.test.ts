import { openaiResponses } from '../../src/dialects/openai-responses/openai-responses.ts'
import { checkResponsesStream } from '../grammar/openai-responses.ts'
import { describeChat } from './dialect.contract.ts'

describeChat({ dialect: openaiResponses, checkStream: checkResponsesStream })
