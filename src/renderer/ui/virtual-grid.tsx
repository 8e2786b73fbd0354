/* biome-ignore-all lint/a11y/useSemanticElements: a native table cannot be virtualised row by row */
/* biome-ignore-all lint/a11y/useFocusableInteractive: the grid has the focus for its lines */
/* biome-ignore-all lint/a11y/useKeyWithClickEvents: the screen hears the keys for the lines */
import { useVirtualizer } from '@tanstack/react-virtual'
import { type ReactNode, useEffect, useRef } from 'react'
import './virtual-grid.css'

export interface GridColumn<R> {
  id: string
  title: string
  cell(row: R): ReactNode
  /** The whole text, for a cell that may be cut. */
  full?(row: R): string
}

interface VirtualGridProps<R> {
  id: string
  label: string
  /** Names the style sheet's grid columns. */
  className: string
  columns: readonly GridColumn<R>[]
  rows: readonly R[]
  keyOf(row: R): string
  selectedKey: string | undefined
  onSelect(key: string): void
  onOpen(key: string): void
  /** The end of the list is near: more may be asked for. */
  onNearEnd?: (() => void) | undefined
}

/** Heights of a line and of the head in rem: they follow the font size. */
const rowRem = 2.28125
const headRem = 2.0625
const nearEnd = 10

/*
 * A native table cannot leave out rows, so this one is built from roles. The grid itself has the focus and names the
 * selected line; the keys that move the selection belong to the screen.
 */

/** A table of which only the lines on screen exist in the page, however long the list is. */
export function VirtualGrid<R>(props: VirtualGridProps<R>) {
  const { rows, columns, keyOf, selectedKey, onNearEnd } = props
  const scroller = useRef<HTMLDivElement>(null)
  const rem = Number.parseFloat(getComputedStyle(document.documentElement).fontSize)
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowRem * rem,
    getItemKey: (index) => keyOf(rows[index]!),
    overscan: 8,
    scrollMargin: headRem * rem,
    scrollPaddingStart: headRem * rem,
  })
  const items = virtual.getVirtualItems()
  const selectedIndex = rows.findIndex((row) => keyOf(row) === selectedKey)
  useEffect(() => {
    if (selectedIndex >= 0) virtual.scrollToIndex(selectedIndex, { align: 'auto' })
  }, [selectedIndex, virtual])
  const lastShown = items.at(-1)?.index ?? 0
  useEffect(() => {
    if (lastShown >= rows.length - nearEnd) onNearEnd?.()
  }, [lastShown, rows.length, onNearEnd])

  const selectedIsThere = items.some((item) => item.key === selectedKey)
  return (
    <div
      ref={scroller}
      id={props.id}
      className={`virtual-grid ${props.className}`}
      role="grid"
      tabIndex={0}
      aria-label={props.label}
      aria-rowcount={rows.length + 1}
      aria-activedescendant={selectedIsThere ? `${props.id}-${selectedKey}` : undefined}
    >
      <div className="virtual-grid-head" role="rowgroup">
        <div className="virtual-grid-line" role="row" aria-rowindex={1}>
          {columns.map((column) => (
            <span key={column.id} role="columnheader" data-column={column.id}>
              {column.title}
            </span>
          ))}
        </div>
      </div>
      <div className="virtual-grid-lines" role="rowgroup" style={{ height: virtual.getTotalSize() }}>
        {items.map((item) => {
          const row = rows[item.index]!
          const key = keyOf(row)
          return (
            <div
              key={key}
              id={`${props.id}-${key}`}
              className="virtual-grid-line"
              role="row"
              aria-rowindex={item.index + 2}
              aria-selected={key === selectedKey}
              style={{ transform: `translateY(${item.start - headRem * rem}px)` }}
              onClick={() => props.onSelect(key)}
              onDoubleClick={() => props.onOpen(key)}
            >
              {columns.map((column) => (
                <span key={column.id} role="gridcell" data-column={column.id} title={column.full?.(row)}>
                  {column.cell(row)}
                </span>
              ))}
            </div>
          )
        })}
      </div>
    </div>
  )
}
