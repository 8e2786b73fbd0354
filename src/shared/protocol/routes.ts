import { z } from 'zod'
import { numberAnswerSchema } from '../domain/account.ts'
import { approvalAskSchema, approvalDecisionSchema, ticketClosureSchema } from './approvals.ts'
import { orderAnswerSchema } from './arrived-changes.ts'
import { auditPageSchema } from './audit.ts'
import { blockerOverrideRequestSchema, blockerOverrideSchema } from './blocker-overrides.ts'
import { approvalRequestViewSchema, ticketViewSchema } from './changes.ts'
import { changesAnswerSchema } from './changes-answer.ts'
import { deviceSchema, enrolmentRequestSchema, sessionSchema, signInRequestSchema } from './device.ts'
import {
  approvalRequestSchema,
  approvalSchema,
  identityProofSchema,
  oneTimeCodeAnswerSchema,
  oneTimeCodeRequestSchema,
  preCheckRequestSchema,
  preCheckSchema,
  proofRequestSchema,
} from './identity.ts'
import { jobBatchSchema, jobResultsSchema } from './jobs.ts'
import { statementAnswerSchema, statementFileSchema, statementsAnswerSchema } from './ledger.ts'
import { reconciliationAnswerSchema, reconciliationSchema } from './reconciliation.ts'
import { renewalViewSchema } from './renewal.ts'
import { repairOptionsSchema, repairRequestSchema } from './repairs.ts'
import {
  packContentsRequestSchema,
  packContentsSchema,
  returnedPacksAnswerSchema,
  returnedPacksSchema,
  ruleListSchema,
} from './rules.ts'
import { uploadRequestSchema, uploadStateSchema, uploadsPath } from './uploads.ts'

/** Everything a counter may ask of the service. Failures answer `{ error: { code, field?, params? } }` and a 4xx status. */
export const serviceRoutes = {
  enrol: { method: 'POST', path: '/v1/devices', body: enrolmentRequestSchema, answer: deviceSchema },
  signIn: { method: 'POST', path: '/v1/sessions', body: signInRequestSchema, answer: sessionSchema },
  /** Ends the session at once; answers `{}` also when it had ended. */
  signOut: { method: 'DELETE', path: '/v1/sessions/current', body: undefined, answer: z.strictObject({}) },
  queryNumber: { method: 'GET', path: '/v1/numbers/:msisdn', body: undefined, answer: numberAnswerSchema },
  readRenewal: { method: 'GET', path: '/v1/numbers/:msisdn/renewal', body: undefined, answer: renewalViewSchema },
  sendOneTimeCode: {
    method: 'POST',
    path: '/v1/one-time-codes',
    body: oneTimeCodeRequestSchema,
    answer: oneTimeCodeAnswerSchema,
  },
  proveIdentity: { method: 'POST', path: '/v1/identity-proofs', body: proofRequestSchema, answer: identityProofSchema },
  preCheck: { method: 'POST', path: '/v1/pre-checks', body: preCheckRequestSchema, answer: preCheckSchema },
  approve: { method: 'POST', path: '/v1/approvals', body: approvalRequestSchema, answer: approvalSchema },
  overrideBlocker: {
    method: 'POST',
    path: '/v1/blocker-overrides',
    body: blockerOverrideRequestSchema,
    answer: blockerOverrideSchema,
  },
  askApproval: {
    method: 'POST',
    path: '/v1/approval-requests',
    body: approvalAskSchema,
    answer: approvalRequestViewSchema,
  },
  decideApproval: {
    method: 'POST',
    path: '/v1/approval-requests/:requestId/decision',
    body: approvalDecisionSchema,
    answer: approvalRequestViewSchema,
  },
  withdrawApproval: {
    method: 'POST',
    path: '/v1/approval-requests/:requestId/withdrawal',
    body: z.strictObject({}),
    answer: approvalRequestViewSchema,
  },
  closeTicket: {
    method: 'POST',
    path: '/v1/tickets/:ticketId/closure',
    body: ticketClosureSchema,
    answer: ticketViewSchema,
  },
  /** What a supervisor may do to an order by hand now. */
  repairOptions: {
    method: 'GET',
    path: '/v1/orders/:orderId/repairs',
    body: undefined,
    answer: repairOptionsSchema,
  },
  repairOrder: {
    method: 'POST',
    path: '/v1/orders/:orderId/repairs',
    body: repairRequestSchema,
    answer: orderAnswerSchema,
  },
  /** A page of the store's own audit chain, as it was written; the counter computes the chain again. */
  storeAudit: { method: 'GET', path: '/v1/store/audit', body: undefined, answer: auditPageSchema },
  sendJobs: { method: 'POST', path: '/v1/jobs', body: jobBatchSchema, answer: jobResultsSchema },
  /** Says which jobs the counter holds receipts for; answers those the service does not know. */
  reconcile: {
    method: 'POST',
    path: '/v1/devices/current/reconciliation',
    body: reconciliationSchema,
    answer: reconciliationAnswerSchema,
  },
  /** Every published rule pack by name and digest, and the keys that sign them. */
  ruleList: { method: 'GET', path: '/v1/rule-packs', body: undefined, answer: ruleListSchema },
  packContents: {
    method: 'POST',
    path: '/v1/rule-packs/contents',
    body: packContentsRequestSchema,
    answer: packContentsSchema,
  },
  /** Brings back packs that a service restored from an older backup has forgotten. */
  returnPacks: {
    method: 'POST',
    path: '/v1/rule-packs/returned',
    body: returnedPacksSchema,
    answer: returnedPacksAnswerSchema,
  },
  listStatements: { method: 'GET', path: '/v1/ledger/statements', body: undefined, answer: statementsAnswerSchema },
  readStatement: {
    method: 'GET',
    path: '/v1/ledger/statements/:handling/:home/:day',
    body: undefined,
    answer: statementAnswerSchema,
  },
  exportStatement: {
    method: 'GET',
    path: '/v1/ledger/statements/:handling/:home/:day/export',
    body: undefined,
    answer: statementFileSchema,
  },
  beginUpload: { method: 'POST', path: uploadsPath, body: uploadRequestSchema, answer: uploadStateSchema },
  /** The next part as bytes, at `?offset=`. */
  uploadPart: {
    method: 'PATCH',
    path: `${uploadsPath}/:attachmentId`,
    body: undefined,
    answer: uploadStateSchema,
  },
  changes: { method: 'GET', path: '/v1/changes', body: undefined, answer: changesAnswerSchema },
} as const
