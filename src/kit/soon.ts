/**
 * A value that is there at once, or that has to be waited for: what memory knows is not worth the step through the queue of
 * promises that an engine elsewhere needs. `await` takes both.
 */
export type Soon<T> = T | Promise<T>
