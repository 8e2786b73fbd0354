/** Sentences of the steps of a case. */
export const caseMessages = {} as const
