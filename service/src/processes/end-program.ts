/**
 * Ends this process once its work is done and closed: with `code`, else with the exit code already set. Waits until everything printed
 * has been handed over. A program that just ran out of things to do would leave the end to Node's own clean-up, which was seen to turn
 * for a quarter of an hour over connections whose other side had been killed.
 */
export async function endProgram(code?: number): Promise<never> {
  for (const stream of [process.stdout, process.stderr]) await new Promise((handed) => stream.write('', handed))
  process.exit(code ?? process.exitCode)
}
