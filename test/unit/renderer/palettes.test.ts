import { describe, expect, test } from 'vitest'
import { type Palette, paletteOf } from '../../../src/renderer/palettes.ts'

function luminance(hex: string): number {
  const [r, g, b] = [1, 3, 5]
    .map((at) => Number.parseInt(hex.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!
}

/** WCAG 2 contrast ratio. */
function contrast(a: string, b: string): number {
  const [light, dark] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return (light! + 0.05) / (dark! + 0.05)
}

type Role = Exclude<keyof Palette, 'scheme'>
const papers: Role[] = ['paper', 'surface', 'stub']
const readable: [ink: Role, on: Role[]][] = [
  ['ink', [...papers, 'head', 'petrolTint', 'sealTint', 'amberTint', 'greenTint']],
  ['inkSecond', [...papers, 'head', 'petrolTint', 'amberTint']],
  ['inkFaint', ['surface', 'paper']],
  ['petrol', [...papers, 'head', 'petrolTint']],
  ['seal', [...papers, 'sealTint']],
  ['amber', [...papers, 'amberTint']],
  ['green', [...papers, 'greenTint']],
  ['onPetrol', ['petrol']],
  ['onKeyBar', ['keyBar', 'keyBarCap']],
]

describe.each(['light', 'dark', 'contrast'] as const)('the %s look', (name) => {
  test.each(['live', 'training'] as const)('can be read everywhere (%s)', (profile) => {
    const palette = paletteOf(name, profile)
    for (const [ink, papersOfInk] of readable)
      for (const paper of papersOfInk)
        expect(contrast(palette[ink], palette[paper]), `${ink} on ${paper}`).toBeGreaterThanOrEqual(4.5)
  })

  test('training wears another paper on head, stub and key bar', () => {
    const [live, training] = [paletteOf(name, 'live'), paletteOf(name, 'training')]
    for (const role of ['head', 'stub', 'keyBar'] as const) expect(training[role]).not.toBe(live[role])
  })
})
