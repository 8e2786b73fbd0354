/**
 * Makes many small questions into few large ones: what is asked while an earlier question is under way, or in the same turn of the
 * event loop, goes together. Nobody waits for company: the first one goes as soon as this turn is over. `run` answers in the order
 * it was asked; when it throws, everybody who was asked for hears it.
 */
export function coalesce<Question, Answer>(
  limits: { mostAtOnce: number; atATime: number },
  run: (questions: Question[]) => Promise<Answer[]>,
): (question: Question) => Promise<Answer> {
  interface Waiting {
    question: Question
    resolve(answer: Answer): void
    reject(error: unknown): void
  }
  let waiting: Waiting[] = []
  let underWay = 0
  let planned = false

  async function go(asked: Waiting[]) {
    underWay += 1
    try {
      const answers = await run(asked.map(({ question }) => question))
      for (const [index, { resolve }] of asked.entries()) resolve(answers[index]!)
    } catch (error) {
      for (const { reject } of asked) reject(error)
    } finally {
      underWay -= 1
      start()
    }
  }

  function start() {
    planned = false
    while (waiting.length > 0 && underWay < limits.atATime) {
      const asked = waiting.slice(0, limits.mostAtOnce)
      waiting = waiting.slice(limits.mostAtOnce)
      void go(asked)
    }
  }

  return (question) =>
    new Promise<Answer>((resolve, reject) => {
      waiting.push({ question, resolve, reject })
      if (planned || underWay >= limits.atATime) return
      planned = true
      setImmediate(start)
    })
}
