/** Keeps the answers about one thing in order: what was asked for earlier must not overwrite what is known since. */
export interface NewestAnswer {
  /** A command has answered with the thing itself: what was asked before it answered may be older. */
  taken(): void
  /**
   * Asks for the thing. The answer is undefined when it was asked for again meanwhile: the later answer is the one to show. When a
   * command has answered meanwhile, which of the two is newer cannot be told, so the question is put once more.
   */
  ask<T>(question: () => Promise<T>): Promise<T | undefined>
}

/** One for each thing that a screen shows and both commands and questions bring. */
export function newestAnswer(): NewestAnswer {
  let questions = 0
  let takes = 0
  return {
    taken() {
      takes += 1
    },
    async ask(question) {
      const mine = ++questions
      for (;;) {
        const before = takes
        const answer = await question()
        if (mine !== questions) return undefined
        if (takes === before) return answer
      }
    },
  }
}
