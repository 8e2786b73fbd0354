import { isPassingTrouble } from './database/passing-trouble.ts'

/**
 * Does one thing after the other. One that fails keeps the others from nothing: they are done, and what failed first is thrown when all
 * are through. Trouble with the database that passes by itself is everybody's and thrown at once.
 */
export async function eachInTurn<T>(items: Iterable<T>, work: (item: T) => Promise<unknown>): Promise<void> {
  const failures: unknown[] = []
  for (const item of items)
    try {
      await work(item)
    } catch (error) {
      if (isPassingTrouble(error)) throw error
      failures.push(error)
    }
  if (failures.length > 0) throw failures[0]
}
