import type { RequestFeatures } from '../features.ts'
import { chat } from './chat.ts'
import { countTokens } from './count-tokens.ts'
import { embed } from './embed.ts'
import { moderate } from './moderate.ts'
import { recall } from './recall.ts'
import type { Fold, OperationFacts, OperationRow } from './operation-row.ts'
import { rerank } from './rerank.ts'

/** Everything that can be asked of a model. A further operation is a row, a line here, and a codec in each dialect that can say it. */
export const OPERATIONS = { chat, 'count-tokens': countTokens, embed, moderate, recall, rerank }

/** An operation, by the name under which keys permit it. */
export type Operation = keyof typeof OPERATIONS

type Facts<O extends Operation> =
  (typeof OPERATIONS)[O] extends OperationRow<infer Request, infer Content, infer Result>
    ? { readonly request: Request; readonly content: Content; readonly result: Result }
    : never

/** Every operation. */
export const OPERATION_NAMES: readonly Operation[] = Object.values(OPERATIONS).map(({ name }) => name)

/** Is a word the name of an operation? */
export function isOperation(word: string): word is Operation {
  return Object.hasOwn(OPERATIONS, word)
}

/** Those for which a model is asked. */
export const MODEL_OPERATIONS: readonly Operation[] = OPERATION_NAMES.filter(
  (operation) => operationOf({ operation }).recall === undefined,
)

/** What is asked by an operation; `ModelRequest` for whichever. */
export type RequestOf<O extends Operation> = { [Each in O]: Facts<Each>['request'] }[O]

/** What an answer to an operation says, event by event, beside the spine. */
export type ContentOf<O extends Operation> = { [Each in O]: Facts<Each>['content'] }[O]

/** What a whole answer to an operation says. */
export type ResultOf<O extends Operation> = { [Each in O]: Facts<Each>['result'] }[O]

/** What a client can ask of a model. */
export type ModelRequest = RequestOf<Operation>

/** The facts about the operation of a request. */
export function operationOf({ operation }: { readonly operation: Operation }): AnyOperation {
  return OPERATIONS[operation]
}

type AnyOperation = OperationFacts<ModelRequest, ContentOf<Operation>, ResultOf<Operation>>

/** Folds the events of an answer to an operation to what a whole answer says. */
export function createFoldOf<O extends Operation>(operation: O): Fold<ContentOf<Operation>, ResultOf<O>> {
  const rows: {
    readonly [Each in Operation]: { createFold(): Fold<ContentOf<Each>, ResultOf<Each>> }
  } = OPERATIONS
  return rows[operation].createFold()
}

/** What a request needs from whoever answers it, and the most it can use. */
export function featuresOf(request: ModelRequest): RequestFeatures {
  return operationOf(request).features(request)
}
