const databaseAway = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'ETIMEDOUT',
  'EPIPE',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  // The server shuts down, starts, or has no connection left.
  '57P01',
  '57P02',
  '57P03',
  '53300',
  '08000',
  '08003',
  '08001',
  '08004',
  '08006',
  // Its disk or its memory is full, or its disk does not answer: an operator helps, and then the same may be tried again.
  '53100',
  '53200',
  '58030',
  // It ended a statement, or a transaction of a process that stood still.
  '57014',
  '25P03',
  '57P05',
  // A table is being changed.
  '55P03',
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
    /Connection terminated|timeout expired|timeout exceeded when trying to connect|Client has encountered a connection error/.test(
      message ?? '',
    )
  )
}
