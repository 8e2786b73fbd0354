import { callOutside, type OutsidePorts } from './outside-call.ts'
import { type RenewalRequest, renewalAnswerSchema, renewalStateSchema } from './wire/renewal.ts'

/** The number-renewal platform over HTTP; the same key is the same submission. */
export function createRenewalConnector(ports: OutsidePorts, address: string) {
  const base = address.replace(/\/$/, '')
  const target = 'renewal'
  return {
    submit: (request: RenewalRequest) =>
      callOutside(ports, {
        target,
        operation: 'renewals',
        url: `${base}/renewals`,
        method: 'POST',
        body: request,
        key: `renewal:${request.renewalId}`,
        answer: renewalAnswerSchema,
      }),
    state: (renewalId: string) =>
      callOutside(ports, {
        target,
        operation: 'renewals.state',
        url: `${base}/renewals/${encodeURIComponent(renewalId)}`,
        method: 'GET',
        about: renewalId,
        answer: renewalStateSchema,
      }),
  }
}
export type RenewalConnector = ReturnType<typeof createRenewalConnector>
