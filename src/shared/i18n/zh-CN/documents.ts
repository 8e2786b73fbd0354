/** Sentences of what is printed or signed: acceptance and receipt. */
export const documents = {} as const
