/** Sentences of the order after submission: timeline, returned papers, withdrawal. */
export const order = {} as const
