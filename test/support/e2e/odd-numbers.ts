import { readFileSync } from 'node:fs'
import type { Person } from '../../../scripts/demo/people.ts'
import type { ErrorCode } from '../../../src/shared/contract/errors.ts'
import { residentIdCheckCharacter } from '../../../src/shared/domain/identity-document.ts'
import type { MessageParams } from '../../../src/shared/i18n/translate.ts'

const table = readFileSync('resources/segments/provinces.csv', 'utf8')
  .split('\n')
  .filter((line) => /^1\d{6},/.test(line))
  .map((line) => line.trim().split(',') as [segment: string, province: string])

function unused(from: number, width: number, taken: ReadonlySet<string>, before = ''): string {
  for (let number = from; ; number += 1) {
    const text = before + String(number).padStart(width, '0')
    if (!taken.has(text)) return text
  }
}

/** Seven digits with a known prefix that the table of segments does not name. */
export const emptySegment = unused(1390000, 7, new Set(table.map(([segment]) => segment)))

/** A segment of a province. */
export const segmentOf = (province: string) =>
  table.find(([segment, where]) => where === province && /^13[5-9]/.test(segment))![0]

/** A number of the segment that no home province of the try-out world has given to anybody. */
export async function numberOfNobody(directory: string, segment: string): Promise<string> {
  const answer = await fetch(`${directory}/directory.json?msisdn=${segment}&limit=1000`)
  return unused(1, 4, new Set(((await answer.json()) as Person[]).map(({ msisdn }) => msisdn)), segment)
}

/** An identity number with one thing wrong at a time, and what is said of each in the given year. */
export function wrongIdNumbers(id: string, year: number): [typed: string, code: ErrorCode, params: MessageParams][] {
  const wrongLast = id.endsWith('X') ? '5' : String((Number(id.at(-1)) + 1) % 10)
  const bornOn = (day: string) => {
    const seventeen = id.slice(0, 6) + day + id.slice(14, 17)
    return seventeen + residentIdCheckCharacter(seventeen)
  }
  return [
    [id.slice(0, 17) + wrongLast, 'document.checkDigit', {}],
    [id.slice(0, 12), 'document.numberMalformed', {}],
    [bornOn('19900230'), 'document.birthDate', {}],
    [bornOn(`${year - 12}0101`), 'document.minor', { age: 12 }],
  ]
}
