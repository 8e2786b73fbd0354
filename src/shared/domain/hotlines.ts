import type { Carrier } from './geography.ts'

/** The customer hotline of each carrier (domain facts, `carriers`). */
export const hotlines: Readonly<Record<Carrier, string>> = { CMCC: '10086', CUCC: '10010', CTCC: '10000', CBN: '10099' }
