import { type Canvas, type Colour, fillRectangle } from './canvas.ts'

/** Five by seven dots a character: enough for the numbers on a card. */
const glyphs: Record<string, readonly string[]> = {
  '0': ['01110', '10001', '10011', '10101', '11001', '10001', '01110'],
  '1': ['00100', '01100', '00100', '00100', '00100', '00100', '01110'],
  '2': ['01110', '10001', '00001', '00110', '01000', '10000', '11111'],
  '3': ['11110', '00001', '00001', '01110', '00001', '00001', '11110'],
  '4': ['00010', '00110', '01010', '10010', '11111', '00010', '00010'],
  '5': ['11111', '10000', '11110', '00001', '00001', '10001', '01110'],
  '6': ['00110', '01000', '10000', '11110', '10001', '10001', '01110'],
  '7': ['11111', '00001', '00010', '00100', '01000', '01000', '01000'],
  '8': ['01110', '10001', '10001', '01110', '10001', '10001', '01110'],
  '9': ['01110', '10001', '10001', '01111', '00001', '00010', '01100'],
  X: ['10001', '10001', '01010', '00100', '01010', '10001', '10001'],
  '.': ['00000', '00000', '00000', '00000', '00000', '01100', '01100'],
  '-': ['00000', '00000', '00000', '11111', '00000', '00000', '00000'],
}
const advance = 6

/** Writes digits with the top left corner at a place, `dot` pixels a dot; letters it does not know become a bar. */
export function writeDigits(canvas: Canvas, text: string, x: number, y: number, dot: number, colour: Colour): void {
  for (const [index, character] of [...text].entries()) {
    const left = x + index * advance * dot
    const rows = glyphs[character]
    if (!rows) {
      fillRectangle(canvas, left, y + dot, 4 * dot, 5 * dot, colour)
      continue
    }
    for (const [row, bits] of rows.entries())
      for (const [column, bit] of [...bits].entries())
        if (bit === '1') fillRectangle(canvas, left + column * dot, y + row * dot, dot, dot, colour)
  }
}
