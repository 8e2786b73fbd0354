import { generateSubscribers } from '../../../service/simulators/base/generate.ts'
import { readPrefixes } from '../../../service/simulators/base/prefixes.ts'
import { parseDate } from '../../../src/shared/domain/calendar.ts'

export const today = parseDate('2026-11-21')!
export const prefixes = readPrefixes().prefixes
/** One base for all tests of a file; drawing it takes a third of a second. */
export const base = generateSubscribers('unit', today, prefixes)
