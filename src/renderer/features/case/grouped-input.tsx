import { Input, type InputProps, type InputRef } from 'antd'
import { useLayoutEffect, useRef } from 'react'

interface GroupedInputProps extends Omit<InputProps, 'onChange' | 'value'> {
  value: string
  /** Puts the separators in; must leave every other character as it is. */
  group(text: string): string
  onChange(text: string): void
}

const isSeparator = (character: string | undefined) => character === ' ' || character === '-'

/** An input that groups what is typed (`139 3510 8826`) and keeps the caret behind the same character. */
export function GroupedInput({ value, group, onChange, ...rest }: GroupedInputProps) {
  const input = useRef<InputRef>(null)
  const caret = useRef<number | undefined>(undefined)

  useLayoutEffect(() => {
    const element = input.current?.input
    if (!element || caret.current === undefined || document.activeElement !== element) return
    let position = 0
    for (let seen = 0; seen < caret.current && position < value.length; position++)
      if (!isSeparator(value[position])) seen++
    element.setSelectionRange(position, position)
    caret.current = undefined
  })

  return (
    <Input
      {...rest}
      ref={input}
      value={value}
      autoComplete="off"
      spellCheck={false}
      onChange={({ target }) => {
        const before = target.value.slice(0, target.selectionStart ?? target.value.length)
        caret.current = [...before].filter((character) => !isSeparator(character)).length
        onChange(group(target.value))
      }}
    />
  )
}
