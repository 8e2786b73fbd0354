import { type Fen, formatYuan } from '../../shared/domain/money.ts'

/** An amount in yuan with tabular figures; `symbol` puts ¥ before it. */
export function Money({ fen, symbol = false }: { fen: Fen; symbol?: boolean }) {
  return (
    <span className="money">
      {symbol ? '¥ ' : ''}
      {formatYuan(fen)}
    </span>
  )
}
