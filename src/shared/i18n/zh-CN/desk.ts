/** Sentences of the desk: new case, list, stub of the day. */
export const desk = {} as const
