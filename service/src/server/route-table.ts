import type { StaffRole } from '../../../src/shared/protocol/device.ts'

/**
 * Who may call a route: anyone, any enrolled device (proven by its key), or staff of these roles signed in on an enrolled device.
 * `key` is for enrolment alone: a proof by a key that no device has yet. `gateway` is for the SMS gateway, which signs each body: its
 * route checks that itself.
 */
export type Access = 'public' | 'key' | 'gateway' | 'device' | readonly StaffRole[]

const caseWork = ['clerk', 'supervisor'] as const

/** Every route of the service. A route that is registered without a row here stops the start. */
export const routeTable: Readonly<Record<string, Access>> = {
  'GET /health/live': 'public',
  'GET /health/ready': 'public',
  'GET /docs/*': 'public',
  'POST /v1/inbound/sms': 'gateway',
  'POST /v1/devices': 'key',
  // Signing in needs an enrolled device; who signs in is what it finds out.
  'POST /v1/sessions': 'device',
  // Signing out works with a token that has ended, too; it is looked up on the device that proved itself.
  'DELETE /v1/sessions/current': 'device',
  'GET /v1/numbers/:msisdn': caseWork,
  'GET /v1/numbers/:msisdn/renewal': [...caseWork, 'auditor'],
  'POST /v1/one-time-codes': caseWork,
  'POST /v1/identity-proofs': caseWork,
  'POST /v1/pre-checks': caseWork,
  'POST /v1/approvals': caseWork,
  'POST /v1/blocker-overrides': caseWork,
  'POST /v1/approval-requests': caseWork,
  'POST /v1/approval-requests/:requestId/decision': ['supervisor'],
  'POST /v1/approval-requests/:requestId/withdrawal': caseWork,
  'POST /v1/tickets/:ticketId/closure': ['supervisor'],
  'GET /v1/orders/:orderId/repairs': ['supervisor'],
  'POST /v1/orders/:orderId/repairs': ['supervisor'],
  'GET /v1/store/audit': ['supervisor', 'auditor'],
  // Queued jobs and changes travel by night as well, when nobody is signed in; each job names its staff.
  'POST /v1/jobs': 'device',
  // Papers in parts: they travel like the jobs that name them.
  'POST /v1/uploads': 'device',
  'GET /v1/uploads/:attachmentId': 'device',
  'PATCH /v1/uploads/:attachmentId': 'device',
  'GET /v1/changes': 'device',
  'GET /v1/changes/stream': 'device',
  'POST /v1/devices/current/reconciliation': 'device',
  // Rules travel like changes: to enrolled counters, whoever is signed in.
  'GET /v1/rule-packs': 'device',
  'POST /v1/rule-packs/contents': 'device',
  'POST /v1/rule-packs/returned': 'device',
  'GET /v1/store/job-gaps': ['supervisor', 'auditor'],
  'GET /v1/ledger/statements': ['supervisor', 'auditor'],
  'GET /v1/ledger/statements/:handling/:home/:day': ['supervisor', 'auditor'],
  'GET /v1/ledger/statements/:handling/:home/:day/export': ['supervisor', 'auditor'],
}

/** The row of a route; undefined when there is none. HEAD is what GET is. */
export function accessOf(method: string, url: string): Access | undefined {
  const verb = method === 'HEAD' ? 'GET' : method
  if (verb === 'GET' && (url === '/docs' || url.startsWith('/docs/'))) return routeTable['GET /docs/*']
  return routeTable[`${verb} ${url}`]
}
