import { Input } from 'antd'
import { useState } from 'react'
import type { TicketView } from '../../../shared/protocol/changes.ts'
import { useLanguage, useT } from '../../language.ts'
import { Field } from '../../ui/field.tsx'
import { ReasonDialog } from '../../ui/reason-dialog.tsx'
import { sentence } from '../../ui/sentence.ts'
import { useSupervision } from './supervision-store.ts'

/** Closes a ticket with a note; where a payment is not confirmed, with the code as the terminal's slip says. */
export function CloseTicket({ ticket, onClose }: { ticket: TicketView; onClose(): void }) {
  const t = useT()
  const language = useLanguage()
  const [code, setCode] = useState('')
  const aboutPayment = ticket.kind === 'paymentRefused' || ticket.kind === 'returnRefused'
  const rightCode = code.trim()
  return (
    <ReasonDialog
      title={t('supervision.closeTicket')}
      lead={aboutPayment ? sentence(language, `ticket.${ticket.kind}`, ticket.params) : t('supervision.closeLead')}
      reasonLabel={t('supervision.note')}
      suggestions={[t('supervision.note1'), t('supervision.note2'), t('supervision.note3')]}
      confirmLabel={t('supervision.closeTicket')}
      onClose={onClose}
      onConfirm={(note) =>
        useSupervision.getState().close({
          ticketId: ticket.ticketId,
          note,
          ...(aboutPayment && rightCode ? { authorizationCode: rightCode } : {}),
        })
      }
      {...(aboutPayment
        ? {
            more: {
              field: 'authorizationCode',
              content: (failure) => (
                <Field
                  label={t('supervision.rightCode')}
                  name="authorizationCode"
                  failure={failure}
                  hint={t('supervision.rightCodeHint')}
                >
                  {(control) => (
                    <Input {...control} maxLength={40} value={code} onChange={({ target }) => setCode(target.value)} />
                  )}
                </Field>
              ),
            },
          }
        : {})}
    />
  )
}
