import type { ReactNode } from 'react'
import './derivation.css'

export interface DerivationRow {
  label: ReactNode
  /** Where the figure comes from: a period, a clause. */
  note?: ReactNode
  value: ReactNode
}

/** How an amount comes about, unfolded in place: one row per step, the result under a line. */
export function Derivation({
  label,
  rows,
  result,
  footnote,
}: {
  label: string
  rows: readonly DerivationRow[]
  result: DerivationRow
  footnote?: ReactNode
}) {
  return (
    <div className="derivation">
      <table aria-label={label}>
        <tbody>
          {rows.map((row, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: the steps of a derivation have an order and nothing else
            <Row key={index} row={row} />
          ))}
        </tbody>
        <tfoot>
          <Row row={result} />
        </tfoot>
      </table>
      {footnote ? <p className="derivation-footnote">{footnote}</p> : null}
    </div>
  )
}

function Row({ row }: { row: DerivationRow }) {
  return (
    <tr>
      <th scope="row">
        {row.label}
        {row.note ? <span className="derivation-note">{row.note}</span> : null}
      </th>
      <td>{row.value}</td>
    </tr>
  )
}
