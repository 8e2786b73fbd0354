/** Every colour of the product. Components name the role, never the colour, so that a sibling set changes everything. */
export interface Palette {
  scheme: 'light' | 'dark'
  ink: string
  inkSecond: string
  inkFaint: string
  paper: string
  surface: string
  stub: string
  head: string
  line: string
  lineStrong: string
  petrol: string
  petrolTint: string
  onPetrol: string
  seal: string
  sealTint: string
  amber: string
  amberMark: string
  amberTint: string
  green: string
  greenTint: string
  keyBar: string
  onKeyBar: string
  keyBarCap: string
  focus: string
}

const light: Palette = {
  scheme: 'light',
  ink: '#1d2733',
  inkSecond: '#55616f',
  inkFaint: '#69737f',
  paper: '#fbfaf7',
  surface: '#ffffff',
  stub: '#fffdf8',
  head: '#ffffff',
  line: '#e4e1d8',
  lineStrong: '#c4bfb1',
  petrol: '#0f5c6e',
  petrolTint: '#e7f0f2',
  onPetrol: '#ffffff',
  seal: '#b3261e',
  sealTint: '#fbe9e7',
  amber: '#8a5800',
  amberMark: '#e0a23a',
  amberTint: '#fcf0d9',
  green: '#1f6f43',
  greenTint: '#e4f1e8',
  keyBar: '#212d39',
  onKeyBar: '#eef2f5',
  keyBarCap: '#394856',
  focus: '#0f5c6e',
}

const dark: Palette = {
  scheme: 'dark',
  ink: '#e9ecee',
  inkSecond: '#b0b8c0',
  inkFaint: '#98a1aa',
  paper: '#14191e',
  surface: '#1b2229',
  stub: '#1e2321',
  head: '#1b2229',
  line: '#323b44',
  lineStrong: '#57626d',
  petrol: '#6fc3d6',
  petrolTint: '#173640',
  onPetrol: '#08222a',
  seal: '#ff9d94',
  sealTint: '#45201d',
  amber: '#f0bd64',
  amberMark: '#d99a34',
  amberTint: '#3d2f13',
  green: '#86d3a5',
  greenTint: '#17382a',
  keyBar: '#0c1014',
  onKeyBar: '#e9ecee',
  keyBarCap: '#2a333c',
  focus: '#8fdcec',
}

const contrast: Palette = {
  ...light,
  ink: '#000000',
  inkSecond: '#1c1c1c',
  inkFaint: '#2b2b2b',
  paper: '#ffffff',
  stub: '#ffffff',
  line: '#5c5c5c',
  lineStrong: '#000000',
  petrol: '#003b49',
  petrolTint: '#dcebef',
  seal: '#8c0d07',
  sealTint: '#ffffff',
  amber: '#5b3a00',
  amberMark: '#5b3a00',
  amberTint: '#ffffff',
  green: '#0b4526',
  greenTint: '#ffffff',
  keyBar: '#000000',
  onKeyBar: '#ffffff',
  keyBarCap: '#333333',
  focus: '#000000',
}

/** Training wears a different paper: plum instead of white on header, stub and key bar. */
function training(palette: Palette): Palette {
  return palette.scheme === 'light'
    ? { ...palette, head: '#f1e6f6', stub: '#f8f1fb', keyBar: '#4b2a5e', keyBarCap: '#6a4580', lineStrong: '#a98bbb' }
    : { ...palette, head: '#35213f', stub: '#2a1c32', keyBar: '#3f2250', keyBarCap: '#5a3a6d' }
}

export type PaletteName = 'light' | 'dark' | 'contrast'
const palettes: Record<PaletteName, Palette> = { light, dark, contrast }

/** The colours of a look in a profile. */
export function paletteOf(name: PaletteName, profile: 'live' | 'training'): Palette {
  return profile === 'training' ? training(palettes[name]) : palettes[name]
}
