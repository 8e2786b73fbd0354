import type { ThemeConfig } from 'antd'
import { useSyncExternalStore } from 'react'
import type { Palette, PaletteName } from './palettes.ts'

const fontFamily = "'Noto Sans SC Variable', 'Noto Sans SC', 'PingFang SC', 'Microsoft YaHei', system-ui, sans-serif"

/** The palette as Ant Design tokens: hairlines instead of shadows, 8-pixel radius, no motion. `scale` is the font size over the usual one. */
export function antTheme(palette: Palette, scale: number): ThemeConfig {
  return {
    token: {
      colorPrimary: palette.petrol,
      colorTextLightSolid: palette.onPetrol,
      colorText: palette.ink,
      colorTextSecondary: palette.inkSecond,
      colorTextTertiary: palette.inkFaint,
      colorTextPlaceholder: palette.inkFaint,
      colorBgBase: palette.surface,
      colorBgContainer: palette.surface,
      colorBgElevated: palette.surface,
      colorBgLayout: palette.paper,
      colorBorder: palette.lineStrong,
      colorBorderSecondary: palette.line,
      colorError: palette.seal,
      colorWarning: palette.amber,
      colorSuccess: palette.green,
      colorInfo: palette.petrol,
      controlItemBgActive: palette.petrolTint,
      controlItemBgHover: palette.petrolTint,
      borderRadius: 8,
      borderRadiusLG: 8,
      borderRadiusSM: 6,
      fontFamily,
      fontSize: 14 * scale,
      controlHeight: 36 * scale,
      boxShadow: 'none',
      boxShadowSecondary: `0 0 0 1px ${palette.line}`,
      motion: false,
    },
    components: { Button: { primaryShadow: 'none', defaultShadow: 'none' } },
  }
}

const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)

/** Puts the palette on the page as custom properties (`--ink`, `--petrol-tint` …), which every style sheet uses. */
export function applyPalette(root: HTMLElement, palette: Palette): void {
  for (const [name, value] of Object.entries(palette)) root.style.setProperty(`--${kebab(name)}`, value)
  root.style.colorScheme = palette.scheme
}

/** Ant Design counts in pixels, everything else in rem: this keeps both in step when the font is enlarged. */
export function fontScale(): number {
  return Number.parseFloat(getComputedStyle(document.documentElement).fontSize) / 16
}

const darkQuery = '(prefers-color-scheme: dark)'
const contrastQuery = '(prefers-contrast: more)'

function onPreference(changed: () => void): () => void {
  const queries = [window.matchMedia(darkQuery), window.matchMedia(contrastQuery)]
  for (const query of queries) query.addEventListener('change', changed)
  return () => {
    for (const query of queries) query.removeEventListener('change', changed)
  }
}

function preferred(): PaletteName {
  if (window.matchMedia(contrastQuery).matches) return 'contrast'
  return window.matchMedia(darkQuery).matches ? 'dark' : 'light'
}

/** The look the operating system asks for, live. */
export function usePaletteName(): PaletteName {
  return useSyncExternalStore(onPreference, preferred)
}
