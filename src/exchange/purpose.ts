/** Why the house asks a model of its own accord. Spending is told apart by it. */
export type Purpose = 'judge' | 'classify' | 'repair' | 'embed' | 'shadow' | 'refresh' | 'evaluate'

/** What is known of an exchange that no client asked for. */
export interface AskedBy {
  readonly purpose: Purpose
  /** Id of the exchange on whose behalf it is asked. */
  readonly parentId: string
}
