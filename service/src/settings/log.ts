import pino from 'pino'
import type { Log } from '../ports.ts'

/** Structured lines on standard error; standard output carries the one line that says where the service is. Callers pass ids and codes only; nothing here knows a request's content. */
export function createLog(level: string): Log {
  const logger = pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination(2))
  return {
    info: (values, message) => logger.info(values, message),
    warn: (values, message) => logger.warn(values, message),
    error: (values, message) => logger.error(values, message),
  }
}
