/** Cuts complete events out of a text/event-stream; comments (heartbeats) are dropped, an unfinished block is kept as rest. */
export function splitEvents(text: string): { events: string[]; rest: string } {
  const blocks = text.replaceAll('\r\n', '\n').split('\n\n')
  const rest = blocks.pop() ?? ''
  const events = blocks.flatMap((block) => {
    const data = block
      .split('\n')
      .filter((line) => line.startsWith('data:'))
      .map((line) => line.slice(5).trimStart())
    return data.length > 0 ? [data.join('\n')] : []
  })
  return { events, rest }
}
