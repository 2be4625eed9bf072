/** A value under construction, whose optional members are set one by one; it is read-only to everybody else. */
export type Draft<T> = { -readonly [Key in keyof T]: T[Key] }
