import { callOutside, type OutsideAnswer, type OutsidePorts } from './outside-call.ts'
import { type SmsAnswer, type SmsRequest, smsAnswerSchema } from './wire/sms.ts'

export interface SmsConnector {
  /** Hands one message to the gateway; the same key is one message. */
  send(message: SmsRequest, orderId?: string): Promise<OutsideAnswer<SmsAnswer>>
}

/** The SMS gateway over HTTP. */
export function createSmsConnector(ports: OutsidePorts, address: string): SmsConnector {
  return {
    send: (message, orderId) =>
      callOutside(ports, {
        target: 'sms',
        operation: `messages.${message.template}`,
        url: `${address.replace(/\/$/, '')}/messages`,
        method: 'POST',
        body: message,
        key: message.key,
        orderId,
        answer: smsAnswerSchema,
      }),
  }
}
