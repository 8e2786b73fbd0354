/** The steps of a case in the order in which the counter walks them (function keys F2 to F7). */
export const caseSteps = ['number', 'identity', 'preCheck', 'agreements', 'settlement', 'signature'] as const
export type CaseStep = (typeof caseSteps)[number]
