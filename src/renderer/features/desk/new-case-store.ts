import { create } from 'zustand'
import type { ErrorCode } from '../../../shared/contract/errors.ts'
import type { Failure } from '../../../shared/domain/result.ts'
import type { SegmentAnswer } from '../../../shared/domain/segments.ts'
import { call } from '../../client.ts'
import { navigate } from '../../routes.ts'

/** The segment is the first seven digits, so the home province can be told before the number is complete. */
const segmentLength = 7
const numberLength = 11
/** Of an unfinished number only these failures are about what was typed so far. */
const aboutTheSegment: readonly ErrorCode[] = [
  'number.unknownPrefix',
  'number.unknownSegment',
  'number.satellite',
  'number.iot',
]

interface NewCaseState {
  digits: string
  segment: SegmentAnswer | undefined
  failure: Failure | undefined
  busy: boolean
  type(digits: string): void
  clear(): void
  /** Opens a case for the number; a number that already has one leads to it. */
  open(): Promise<void>
  /** Goes to the open case a refusal named. */
  openExisting(caseNumber: string): Promise<void>
}

/** The number being typed on the desk, with the live answer of the segment table. */
export const useNewCase = create<NewCaseState>((set, get) => ({
  digits: '',
  segment: undefined,
  failure: undefined,
  busy: false,
  type(digits) {
    set({ digits, failure: undefined, segment: digits.length < segmentLength ? undefined : get().segment })
    if (digits.length >= segmentLength) void lookUp(digits)
  },
  clear: () => set({ digits: '', segment: undefined, failure: undefined }),
  async open() {
    const { digits, busy } = get()
    if (busy || digits === '') return
    set({ busy: true, failure: undefined })
    const result = await call('case.open', { msisdn: digits })
    set({ busy: false })
    if (!result.ok) return set({ failure: result.error })
    get().clear()
    navigate({ name: 'case', caseId: result.value.case.caseId })
  },
  async openExisting(caseNumber) {
    const found = await call('case.search', { text: caseNumber, limit: 1 })
    const row = found.ok ? found.value.rows[0] : undefined
    if (!found.ok) return set({ failure: found.error })
    if (!row) return set({ failure: { code: 'case.notFound' } })
    get().clear()
    navigate({ name: 'case', caseId: row.caseId })
  },
}))

async function lookUp(digits: string): Promise<void> {
  const result = await call('number.lookUp', { msisdn: digits.padEnd(numberLength, '0') })
  if (useNewCase.getState().digits !== digits) return
  if (result.ok) useNewCase.setState({ segment: result.value })
  else if (digits.length >= numberLength || aboutTheSegment.includes(result.error.code))
    useNewCase.setState({ segment: undefined, failure: result.error })
}
