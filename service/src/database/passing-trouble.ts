const databaseAway = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ETIMEDOUT',
  'EPIPE',
  // The server shuts down, starts, or has no connection left.
  '57P01',
  '57P02',
  '57P03',
  '53300',
  '08000',
  '08003',
  '08006',
  // A server that only follows another, or has just stopped being the primary.
  '25006',
  // Two transactions stood in each other's way and this one lost.
  '40001',
  '40P01',
])

/** True for trouble with the database that passes by itself: nothing was changed and the same may be tried again. */
export function isPassingTrouble(error: unknown): boolean {
  const { code, message } = (error ?? {}) as { code?: string; message?: string }
  return (
    databaseAway.has(code ?? '') ||
    /Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error/.test(
      message ?? '',
    )
  )
}
