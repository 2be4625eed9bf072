import type { Variable } from '../kit/expression-variables.ts'
import type { FactValue, FactValues } from './condition.ts'
import { usedPercent } from './budget-use.ts'
import { requestFeatures, type Exchange } from './exchange.ts'
import { operationOf } from './operations/all.ts'
import { TEXT_FACTS } from './text-facts.ts'
import type { TextFeatures } from './text-features.ts'
import { factsAtTime } from './time-facts.ts'

/** What is known when a request is decided on. */
export interface FactSource {
  readonly exchange: Exchange
  /** What the user says last, and what the system says; seen when it is first asked for. */
  readonly lastText: TextFeatures
  readonly systemText: TextFeatures
}

/** Something that can be known of a request, and that conditions may ask for. */
export interface Fact extends Variable {
  /** What it is, for docs/conditions.md. */
  readonly doc: string
  /** True for what is not known before there is a route: of the whole conversation, of budgets, and of whoever asks on behalf of others. */
  readonly isLate?: true
  /**
   * Works it out; nothing is before a condition asks for it. Pure. Undefined where it is absent.
   *
   * @param member which one, of a fact that is read by its members
   */
  read(source: FactSource, member: string): FactValue | undefined
}

/** Everything that conditions can ask for. A text that is absent is empty, a number 0, a list without elements. */
export const FACTS: readonly Fact[] = [
  {
    name: 'request.operation',
    type: 'string',
    doc: 'What is asked for: `chat`, `embed`, …',
    read: ({ exchange }) => exchange.request.operation,
  },
  {
    name: 'request.model',
    type: 'string',
    doc: 'The model name as the client wrote it.',
    read: ({ exchange }) => exchange.request.model,
  },
  {
    name: 'request.dialect',
    type: 'string',
    doc: 'The language in which the client asks: of the path that it uses. docs/clients.md names them',
    read: ({ exchange }) => exchange.dialect,
  },
  {
    name: 'request.stream',
    type: 'bool',
    doc: 'Is the answer wanted as a stream?',
    read: ({ exchange }) => exchange.request.stream,
  },
  {
    name: 'request.input_tokens',
    type: 'int',
    isLate: true,
    doc: 'Tokens of the input, estimated within about ±15 %.',
    read: ({ exchange }) => requestFeatures(exchange).inputTokens,
  },
  {
    name: 'request.max_output_tokens',
    type: 'int',
    doc: 'The longest answer that the client asks for; 0 where it does not say.',
    read: ({ exchange }) => requestFeatures(exchange).maxOutputTokens ?? 0,
  },
  {
    name: 'request.has_tools',
    type: 'bool',
    doc: 'Does it bring tools?',
    read: ({ exchange }) => requestFeatures(exchange).tools,
  },
  {
    name: 'request.tools',
    type: 'list<string>',
    doc: 'The names of its tools.',
    read: ({ exchange }) => conversationOf(exchange)?.tools?.map(({ name }) => name) ?? [],
  },
  {
    name: 'request.has_images',
    type: 'bool',
    isLate: true,
    doc: 'Does it show images?',
    read: ({ exchange }) => requestFeatures(exchange).vision,
  },
  {
    name: 'request.has_documents',
    type: 'bool',
    isLate: true,
    doc: 'Does it bring documents such as PDF files?',
    read: ({ exchange }) => requestFeatures(exchange).documents,
  },
  {
    name: 'request.has_audio',
    type: 'bool',
    isLate: true,
    doc: 'Does it bring recordings?',
    read: ({ exchange }) => requestFeatures(exchange).audio,
  },
  {
    name: 'request.has_schema',
    type: 'bool',
    doc: 'Is the answer to follow a JSON Schema?',
    read: ({ exchange }) => requestFeatures(exchange).jsonSchema,
  },
  {
    name: 'request.reasoning',
    type: 'bool',
    doc: 'Is the model asked to think before it answers?',
    read: ({ exchange }) => requestFeatures(exchange).reasoning,
  },
  {
    name: 'request.turns',
    type: 'int',
    isLate: true,
    doc: 'Turns of the conversation, those of the system left out.',
    read: ({ exchange }) =>
      conversationOf(exchange)?.turns.filter(({ role }) => role !== 'system').length ?? 0,
  },
  {
    name: 'request.tags',
    type: 'list<string>',
    doc: 'Tags that the client gives it (`x-gatehouse-tags`).',
    read: ({ exchange }) => exchange.requestOptions.tags ?? [],
  },
  {
    name: 'request.session',
    type: 'string',
    doc: 'The session that it belongs to (`x-gatehouse-session`).',
    read: ({ exchange }) => exchange.requestOptions.session ?? '',
  },
  {
    name: 'request.customer',
    type: 'string',
    doc: 'The end customer it is made for (`x-gatehouse-customer`).',
    read: ({ exchange }) => exchange.requestOptions.customer ?? '',
  },
  {
    name: 'request.metadata',
    type: 'map<string, string>',
    doc: 'The member `metadata` of its body, by name. What is not there is an error; ask `in` first.',
    read: ({ exchange }) => conversationOf(exchange)?.metadata ?? {},
  },
  ...TEXT_FACTS.map(({ member, type, doc, read }): Fact => ({
    name: `request.text.${member}`,
    type,
    isLate: true,
    doc: `${doc} in what the user says last.`,
    read: ({ lastText }) => read(lastText),
  })),
  ...TEXT_FACTS.map(({ member, type, doc, read }): Fact => ({
    name: `request.system.${member}`,
    type,
    isLate: true,
    doc: `${doc} in what the system says.`,
    read: ({ systemText }) => read(systemText),
  })),
  {
    name: 'request.purpose',
    type: 'string',
    isLate: true,
    doc: 'Why the gateway asks this itself (`judge`, `classify`, …); empty for what a client asks.',
    read: ({ exchange }) => exchange.asked?.purpose ?? '',
  },
  {
    name: 'key.id',
    type: 'string',
    doc: 'Id of the key.',
    read: ({ exchange }) => exchange.caller.owners.key ?? '',
  },
  {
    name: 'key.name',
    type: 'string',
    doc: 'Name of the key.',
    read: ({ exchange }) => exchange.caller.keyName,
  },
  {
    name: 'key.project',
    type: 'string',
    doc: 'The project that the key belongs to.',
    read: ({ exchange }) => exchange.caller.owners.project ?? '',
  },
  {
    name: 'key.user',
    type: 'string',
    doc: 'The user that the key belongs to.',
    read: ({ exchange }) => exchange.caller.owners.user ?? '',
  },
  {
    name: 'key.team',
    type: 'string',
    doc: 'The team that the key belongs to.',
    read: ({ exchange }) => exchange.caller.owners.team ?? '',
  },
  {
    name: 'key.organisation',
    type: 'string',
    doc: 'The organisation that the key belongs to.',
    read: ({ exchange }) => exchange.caller.owners.organisation ?? '',
  },
  {
    name: 'budget.used_percent',
    type: 'int',
    isLate: true,
    doc: 'How much is spent and held of the budget that is used most, of those that the request counts for; 0 without one.',
    read: ({ exchange }) => usedPercent(exchange.budgetUses ?? []),
  },
  {
    name: 'guard.flags',
    type: 'list<string>',
    isLate: true,
    doc: 'The names of the guardrails that have found something in what is asked; those in shadow mode left out.',
    read: ({ exchange }) => exchange.trail.guard?.flags ?? NO_FLAGS,
  },
  {
    name: 'headers',
    type: 'map<string, string>',
    byMember: true,
    doc: "Headers of the client, by name in lower case: `headers['x-tier']`. What is not there is an error; ask `in` first.",
    read: ({ exchange }, member) => exchange.envelope.header(member),
  },
  {
    name: 'client.name',
    type: 'string',
    doc: 'What the client calls itself: the first word of `user-agent`, without its version, in lower case.',
    read: ({ exchange }) => clientName(exchange.envelope.header('user-agent') ?? ''),
  },
  {
    name: 'client.address',
    type: 'string',
    doc: 'IP address of the client.',
    read: ({ exchange }) => exchange.envelope.address,
  },
  {
    name: 'now.hour',
    type: 'int',
    doc: 'Hour of the day when the request came, UTC, from 0 to 23.',
    read: ({ exchange }) => factsAtTime.hour(exchange.startedAtMs),
  },
  {
    name: 'now.weekday',
    type: 'int',
    doc: 'Day of the week, UTC, from 1 (Monday) to 7 (Sunday).',
    read: ({ exchange }) => factsAtTime.weekday(exchange.startedAtMs),
  },
  {
    name: 'now.unix',
    type: 'int',
    doc: 'Seconds since 1970.',
    read: ({ exchange }) => factsAtTime.unix(exchange.startedAtMs),
  },
]

const NO_FLAGS: readonly string[] = []

/** The guardrails that have found something, of facts that were worked out or taken down. */
export function flagsIn(facts: FactValues): readonly string[] {
  const flags = facts.read('guard.flags')
  return Array.isArray(flags) ? flags.map(String) : NO_FLAGS
}

/** The conversation that a request is about; undefined where it is about none. */
export function conversationOf({ request }: Exchange) {
  return operationOf(request).conversation?.(request)
}

export function clientName(userAgent: string): string {
  const [name = ''] = userAgent.split(/[/\s]/, 1)
  return name.toLowerCase()
}
