import { gemini } from '../../src/dialects/gemini/gemini.ts'
import { checkGeminiStream } from '../grammar/gemini.ts'
import { describeChat } from './dialect.contract.ts'

describeChat({ dialect: gemini, checkStream: checkGeminiStream })
