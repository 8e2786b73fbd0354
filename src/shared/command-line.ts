/** A program was called wrongly: its message says how, and what is right stands in the program's usage. */
export class WrongCall extends Error {}

/** Marks what can only be known of a failure of the system: Node puts these on its errors. */
interface SystemFailure {
  code?: unknown
  path?: unknown
  address?: unknown
  port?: unknown
  message?: unknown
  cause?: unknown
  errors?: unknown
}

/** What the system's own codes mean to whoever typed the command. `what` is the file, folder or address concerned. */
const systemSentences: Record<string, (what: string) => string> = {
  ENOENT: (what) => `${what} does not exist`,
  ENOTDIR: (what) => `${what} is not a folder, or lies below a file`,
  EISDIR: (what) => `${what} is a folder; a file is needed`,
  EEXIST: (what) => `${what} exists already`,
  EACCES: (what) => `${what} may not be used by this user`,
  EPERM: (what) => `${what} may not be used by this user`,
  EROFS: (what) => `${what} lies on a disk that cannot be written`,
  ENOSPC: (what) => `the disk is full; ${what} could not be written`,
  EADDRINUSE: (what) => `${what} is already used by another program; choose another port or end that program`,
  EADDRNOTAVAIL: (what) => `${what} is no address of this machine`,
  ECONNREFUSED: (what) => `nobody answers at ${what}`,
  ECONNRESET: (what) => `${what} broke off the connection`,
  ETIMEDOUT: (what) => `${what} does not answer in time`,
  ENOTFOUND: (what) => `${what} is not known to this network`,
}

function concerned({ path, address, port }: SystemFailure, code: string): string {
  if (typeof path === 'string') return path
  if (address !== undefined && port !== undefined) return `${address}:${port}`
  if (typeof address === 'string') return address
  return code.startsWith('EADDR') || code.startsWith('ECONN') ? 'the address' : 'the file or folder'
}

/**
 * A failure as one sentence for whoever started a program: what the system's code means, with the file or address, else the
 * error's own message. Never a stack trace.
 */
export function failureSentence(error: unknown): string {
  if (typeof error !== 'object' || error === null) return String(error)
  const failure = error as SystemFailure
  const code = typeof failure.code === 'string' ? failure.code : ''
  // Several addresses of one name were tried: the first tells enough.
  if (Array.isArray(failure.errors) && failure.errors.length > 0) return failureSentence(failure.errors[0])
  const sentence = systemSentences[code]
  if (sentence) return sentence(concerned(failure, code))
  // "fetch failed" says nothing; why it failed stands below it.
  if (failure.cause !== undefined) return failureSentence(failure.cause)
  return typeof failure.message === 'string' && failure.message !== '' ? failure.message : code || 'it failed'
}

/**
 * What a program that was called from a command line says when it cannot go on, and its exit code: 2 with the usage when the call
 * was wrong, else 1.
 */
export function programFailure(error: unknown, usage: string): { text: string; exitCode: 1 | 2 } {
  const code = (error as SystemFailure | null)?.code
  const parsed = typeof code === 'string' && code.startsWith('ERR_PARSE_ARGS')
  if (!parsed && !(error instanceof WrongCall)) return { text: failureSentence(error), exitCode: 1 }
  // Node adds how to pass an argument that begins with a dash; nobody who mistyped an option wants that.
  const said = (error as Error).message.split(/\. To specify|\n/)[0]!
  return { text: `${said}\n\n${usage}`, exitCode: 2 }
}

/**
 * The value of an option that is a whole number from `least` to `most`. Throws WrongCall with a sentence when it is none.
 */
export function numberOption(name: string, value: string, least: number, most: number): number {
  const number = Number(value)
  if (value.trim() === '' || !Number.isInteger(number) || number < least || number > most)
    throw new WrongCall(`--${name} is a whole number from ${least} to ${most}, not ${value === '' ? 'nothing' : value}`)
  return number
}

/** The value of an option that is a port. Throws WrongCall when it is none. */
export function portOption(name: string, value: string): number {
  return numberOption(name, value, 0, 65_535)
}
