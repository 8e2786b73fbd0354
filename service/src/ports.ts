import type { Instant } from '../../src/shared/domain/calendar.ts'

/** The only source of the current time. */
export interface Clock {
  now(): Instant
}

/** Messages for operators. Values must never carry personal data: ids and codes only. */
export interface Log {
  info(values: object, message: string): void
  warn(values: object, message: string): void
  error(values: object, message: string): void
}
