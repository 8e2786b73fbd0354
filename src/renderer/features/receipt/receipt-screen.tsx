import { QRCodeSVG } from 'qrcode.react'
import { useEffect, useRef, useState } from 'react'
import type { CaseView, ReceiptView } from '../../../shared/contract/views.ts'
import { buildReceipt } from '../../../shared/documents/receipt.ts'
import { formatMsisdn } from '../../../shared/domain/msisdn.ts'
import type { Failure } from '../../../shared/domain/result.ts'
import { call } from '../../client.ts'
import { useLanguage, useT } from '../../language.ts'
import { navigate } from '../../routes.ts'
import { ChoiceGroup } from '../../ui/choice-group.tsx'
import { FailureText } from '../../ui/failure-text.tsx'
import { Frame } from '../../ui/frame.tsx'
import { Notice } from '../../ui/notice.tsx'
import { Paper } from '../../ui/paper.tsx'
import { type PaperSize, paperStyle, setPageSize } from '../../ui/paper-size.ts'
import { PrimaryAction } from '../../ui/primary-action.tsx'
import { printWindow } from '../../ui/print-window.ts'
import { ScreenTitle } from '../../ui/screen-title.tsx'
import { Stub, StubRow, StubSection } from '../../ui/stub.tsx'
import { useKeys } from '../../ui/use-keys.ts'
import './receipt-screen.css'

/** The receipt as it will be printed, beside what is known of earlier prints. */
export default function ReceiptScreen({ view }: { view: CaseView }) {
  const t = useT()
  const language = useLanguage()
  const { caseId, caseNumber } = view.case
  const [receipt, setReceipt] = useState<ReceiptView>()
  const [failure, setFailure] = useState<Failure>()
  const [size, setSize] = useState<PaperSize>('roll')
  const [busy, setBusy] = useState(false)
  const [toPrint, setToPrint] = useState(0)
  const qr = useRef<SVGSVGElement>(null)
  const sheet = useRef<HTMLDivElement>(null)
  const [qrSvg, setQrSvg] = useState('')
  // biome-ignore lint/correctness/useExhaustiveDependencies: the drawn code changes with the case number
  useEffect(() => setQrSvg(qr.current?.outerHTML ?? ''), [caseNumber])

  // biome-ignore lint/correctness/useExhaustiveDependencies: an order that moved on prints another state
  useEffect(() => {
    let wanted = true
    void call('receipt.view', { caseId }).then((result) => {
      if (!wanted) return
      if (result.ok) setReceipt(result.value)
      else setFailure(result.error)
    })
    return () => {
      wanted = false
    }
  }, [caseId, view.order?.updatedAt])

  // The page must be as long as what is on it before it is printed.
  // biome-ignore lint/correctness/useExhaustiveDependencies: another receipt, code or language is another length
  useEffect(() => setPageSize(size, sheet.current?.offsetHeight ?? 0), [size, receipt, qrSvg, language])

  // Printed only when the counted receipt is on the page: the paper must carry its own number.
  useEffect(() => {
    if (toPrint > 0) void printWindow()
  }, [toPrint])

  async function print() {
    if (busy) return
    setBusy(true)
    const result = await call('receipt.print', { caseId })
    setBusy(false)
    if (!result.ok) return setFailure(result.error)
    setFailure(undefined)
    setReceipt(result.value)
    setToPrint((times) => times + 1)
  }

  useKeys([
    { key: 'F11', label: t('receipt.print'), bar: true, run: () => void print() },
    { key: 'Escape', label: t('receipt.back'), bar: true, run: () => navigate({ name: 'case', caseId }) },
  ])
  const prints = receipt?.printNumber ?? view.case.receiptPrints
  return (
    <Frame
      stub={
        <Stub
          label={t('receipt.stub')}
          eyebrow={t('receipt.stubEyebrow', { caseNumber })}
          title={formatMsisdn(view.case.msisdn)}
          foot={
            <PrimaryAction
              label={t(prints > 0 ? 'receipt.printCopy' : 'receipt.print')}
              busy={busy}
              onPress={() => void print()}
            />
          }
        >
          <StubRow label={t('receipt.printed')} value={t('receipt.times', { count: prints })} />
          <StubSection title={t('receipt.paper')}>
            <ChoiceGroup<PaperSize>
              label={t('receipt.paper')}
              value={size}
              onChange={setSize}
              choices={[
                { value: 'roll', title: t('receipt.paper.roll'), keyLabel: t('receipt.paper.roll') },
                { value: 'a4', title: t('receipt.paper.a4'), keyLabel: t('receipt.paper.a4') },
              ]}
            />
          </StubSection>
          <StubSection>
            <p className="receipt-note">{t('receipt.copyNote')}</p>
          </StubSection>
        </Stub>
      }
    >
      <div className="receipt">
        <ScreenTitle title={t('receipt.title')} lead={t('receipt.lead')} />
        {failure ? (
          <Notice tone="stops">
            <FailureText failure={failure} />
          </Notice>
        ) : null}
        <div className="receipt-qr" aria-hidden="true">
          <QRCodeSVG ref={qr} value={caseNumber} size={120} level="M" title={caseNumber} />
        </div>
        {receipt ? (
          <div ref={sheet} className="receipt-sheet" data-size={size}>
            <Paper
              html={buildReceipt({ view: receipt, language, qrSvg })}
              label={t('receipt.title')}
              extraStyle={paperStyle(size)}
            />
          </div>
        ) : null}
      </div>
    </Frame>
  )
}
