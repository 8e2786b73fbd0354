import { Button } from 'antd'
import { type ReactNode, useState } from 'react'

/** Something that opens in place under its own line; by keyboard like any button. */
export function Unfold({
  label,
  open = false,
  children,
}: {
  label: ReactNode
  /** Whether it is open until somebody says otherwise. */
  open?: boolean
  children: ReactNode
}) {
  const [chosen, setChosen] = useState<boolean | undefined>()
  const shown = chosen ?? open
  return (
    <>
      <Button type="text" size="small" className="case-unfold" aria-expanded={shown} onClick={() => setChosen(!shown)}>
        {shown ? '▾' : '▸'} {label}
      </Button>
      {shown ? children : null}
    </>
  )
}
