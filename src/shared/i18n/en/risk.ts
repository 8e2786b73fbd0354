import type { risk as zh } from '../zh-CN/risk.ts'

/** Sentences of risk, second persons, cooling-off, stops by SMS, tickets, and the audit view. */
export const risk = {
  'approval.manualIdentity': 'Document typed in: second person',
  'approval.asker': 'Not the holder: second person',
  'approval.recentChange': 'Recent SIM swap or reset: second person',
  'approval.nightHours': 'At night: second person',
  'approval.manyCancellations': 'Unusually many: second person',
  'approval.severalNumbers': 'Several numbers of one document: second person',
  'approval.other': 'Risk rule: second person',
  'missing.riskRefused': 'Not accepted: {why}',
  'error.risk.refused':
    'The risk rules do not allow this: {why}. Please explain it to the customer; the number is untouched.',
  'error.limit.exceeded':
    'You have reached your limit of {of} {per}: {most}, {done} done. Nothing was carried out. Please hand it to a supervisor.',
  'error.ticket.notFound': 'This ticket was not found.',
  'error.ticket.closed': 'Somebody has already dealt with this ticket.',
  'error.approval.refused': '{name} has refused this: {reason}. It cannot be asked again unless something changes.',
  'error.approval.decided': '{name} has already decided this; your decision had no effect.',
  'error.approval.expired': 'The time for this has passed. The clerk must ask again.',
  'error.approval.withdrawn': 'The clerk has withdrawn this.',
  'error.approval.alreadyAsked': 'This is already waiting for a supervisor.',
  'error.approval.besideOnly':
    'This needs somebody to look at a face or an original: a supervisor must come to this counter.',
  'error.approval.requestUnknown': 'This request for approval was not found.',
  'limitOf.cancellations': 'cancellations',
  'limitOf.waivedFen': 'waivers',
  'limitOf.refundFen': 'refunds',
  'limitOf.manualEntries': 'documents typed in',
  'limitPer.hour': 'within the hour',
  'limitPer.day': 'today',
  'orderStage.coolingOff': 'Cooling-off',
  'orderStage.stopped': 'Stopped by the holder',
  'caseStatus.coolingOff': 'Cooling-off',
  'caseStatus.stopped': 'Stopped by the holder',
  'orderEvent.coolingOff':
    'Cooling-off: nothing goes to the home province before {until}; the holder can stop it by SMS',
  'orderEvent.stopRequested': 'The holder of the number stopped it by SMS; being taken back',
  'orderEvent.stopped': 'Stopped by the holder of the number; the number stays',
  'orderEvent.stopTooLate': "The holder's stop came too late to take it back; supervisors were told",
  'orderEvent.stopCodeWrong': 'The number replied to stop, but with a wrong code or none',
  'orderEvent.smsUndelivered': 'SMS did not arrive: {template} ({why})',
  'smsTemplate.warningAgain': 'second warning to the number',
  'smsTemplate.refundFailed': 'refund came back',
  'smsTemplate.stopped': 'stopped by the holder',
  'smsTemplate.stopTaken': 'stop confirmed',
  'smsTemplate.stopCodeWrong': 'wrong stop code',
  'smsTemplate.stopTooLate': 'stop too late',
  'smsTemplate.stopNotNeeded': 'nothing to stop',
  'order.lead.coolingOff':
    'Cooling off: the home province has not heard of it. The holder can stop it by SMS, the customer can withdraw; afterwards it goes on by itself.',
  'order.lead.stopped':
    'The holder of the number stopped it by SMS. The order has ended, the number stays, penalties collected go back. Supervisors have a ticket.',
  'next.coolingOff': 'Cooling off until {until}',
  'next.stopped': 'Stopped by the holder',
  'paper.stateStopped': 'Stopped by the holder of the number; the number stays',
  'paper.stateCoolingOff': 'Cooling off; not yet at the home province',
} as const satisfies Record<keyof typeof zh, string>
