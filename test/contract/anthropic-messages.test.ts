import { anthropicMessages } from '../../src/dialects/anthropic-messages/anthropic-messages.ts'
import { checkMessagesStream } from '../grammar/anthropic-messages.ts'
import { describeChat } from './dialect.contract.ts'

describeChat({ dialect: anthropicMessages, checkStream: checkMessagesStream })
