import { Fragment, useState } from 'react'
import type { Settlement, SettlementLine } from '../../../shared/domain/settlement.ts'
import { useT } from '../../language.ts'
import { Money } from '../../ui/money.tsx'
import { Panel } from '../../ui/panel.tsx'
import { LineDerivation, useLineName } from './line-derivation.tsx'
import './final-bill.css'

/** The final bill: every line with its amount; a line unfolds into how it comes about, in place. */
export function FinalBill({ settlement }: { settlement: Settlement }) {
  const t = useT()
  const [open, setOpen] = useState<ReadonlySet<number>>(new Set())
  const toggle = (index: number) =>
    setOpen((old) => {
      const next = new Set(old)
      if (!next.delete(index)) next.add(index)
      return next
    })
  return (
    <Panel title={t('case.settlement.bill')} aside={t('case.settlement.billNote')}>
      <div className="case-bill">
        {settlement.lines.length === 0 ? <p className="case-faint">{t('case.settlement.billEmpty')}</p> : null}
        {settlement.lines.map((line, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: the lines of a bill have an order and no identity of their own
          <Fragment key={index}>
            <BillLine line={line} unfolded={open.has(index)} onToggle={() => toggle(index)} />
            {open.has(index) ? <LineDerivation line={line} /> : null}
          </Fragment>
        ))}
        <p className="case-bill-total">
          <span>{t('case.settlement.total')}</span>
          <Money fen={settlement.totalFen} symbol />
        </p>
      </div>
    </Panel>
  )
}

function BillLine({ line, unfolded, onToggle }: { line: SettlementLine; unfolded: boolean; onToggle(): void }) {
  const name = useLineName()
  return (
    <button type="button" className="case-bill-line" aria-expanded={unfolded} onClick={onToggle}>
      <span aria-hidden="true">{unfolded ? '▾' : '▸'}</span>
      <span>{name(line)}</span>
      <Money fen={line.amountFen} />
    </button>
  )
}
