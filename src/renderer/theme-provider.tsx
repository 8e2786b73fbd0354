import { ConfigProvider } from 'antd'
import { type ReactNode, useLayoutEffect, useMemo } from 'react'
import { useApp } from './app-store.ts'
import { useLanguage } from './language.ts'
import { paletteOf } from './palettes.ts'
import { antTheme, applyPalette, fontScale, usePaletteName } from './theme.ts'

/** Gives every component the palette of the profile and of the look the system asks for. */
export function ThemeProvider({ children }: { children: ReactNode }) {
  const name = usePaletteName()
  const language = useLanguage()
  const profile = useApp((state) => state.view?.profile) ?? 'live'
  const palette = useMemo(() => paletteOf(name, profile), [name, profile])
  const theme = useMemo(() => antTheme(palette, fontScale()), [palette])
  useLayoutEffect(() => {
    applyPalette(document.documentElement, palette)
    document.documentElement.lang = language
  }, [palette, language])
  return (
    <ConfigProvider theme={theme} wave={{ disabled: true }} button={{ autoInsertSpace: false }}>
      {children}
    </ConfigProvider>
  )
}
