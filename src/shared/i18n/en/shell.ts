/** Sentences of the frame: header, key bar, sign-in, connection, outbox. */
export const shell = {} as const
