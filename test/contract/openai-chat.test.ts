import { openaiChat } from '../../src/dialects/openai-chat/openai-chat.ts'
import { checkChatStream } from '../grammar/openai-chat.ts'
import { describeChat } from './dialect.contract.ts'

describeChat({ dialect: openaiChat, checkStream: checkChatStream })
