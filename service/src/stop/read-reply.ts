/** What a text says, as far as an order can be stopped by it. */
export type Reply = { kind: 'stop'; code: string | undefined } | { kind: 'other' }

/**
 * Reads a reply as people type it: small or full-width letters, spaces, a plus sign or a colon between word and code, quotation marks
 * copied from the warning. The word alone is a wish to stop without its code.
 */
export function readReply(text: string, stopWord: string): Reply {
  const plain = text
    .normalize('NFKC')
    .toUpperCase()
    .replaceAll(/[\s"'“”‘’「」《》+:,.，。、-]/g, '')
  if (!plain.startsWith(stopWord)) return { kind: 'other' }
  const rest = plain.slice(stopWord.length)
  return { kind: 'stop', code: /^(\d{6})(?!\d)/.exec(rest)?.[1] }
}
