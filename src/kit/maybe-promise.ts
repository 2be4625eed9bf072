/**
 * A value that is there at once, or that has to be waited for: what memory knows is not worth the step through the queue of
 * promises that an engine elsewhere needs. `await` takes both.
 */
export type MaybePromise<T> = T | Promise<T>

/**
 * What follows from a value: at once when it is there, else when it comes.
 *
 * @param subject given to `next` too, which then needs no closure of its own each time
 */
export function andThen<T, Result>(
  value: MaybePromise<T>,
  next: (value: T) => MaybePromise<Result>,
): MaybePromise<Result>
export function andThen<T, Subject, Result>(
  value: MaybePromise<T>,
  next: (value: T, subject: Subject) => MaybePromise<Result>,
  subject: Subject,
): MaybePromise<Result>
export function andThen<T, Subject, Result>(
  value: MaybePromise<T>,
  next: (value: T, subject?: Subject) => MaybePromise<Result>,
  subject?: Subject,
): MaybePromise<Result> {
  return value instanceof Promise ? onceResolved(value, next, subject) : next(value, subject)
}

function onceResolved<T, Subject, Result>(
  value: Promise<T>,
  next: (value: T, subject?: Subject) => MaybePromise<Result>,
  subject?: Subject,
): Promise<Result> {
  return value.then((there) => next(there, subject))
}
