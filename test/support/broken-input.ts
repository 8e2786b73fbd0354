import fc from 'fast-check'

/*
 * What nobody means well with, or a broken counter sends: a request that was right, with one thing about it changed. Everything is drawn
 * by fast-check, so that a seed makes the same request again.
 */

/** So deep that a reader that goes down by calling itself runs out of stack. */
function deep(levels: number): string {
  return `${'['.repeat(levels)}${']'.repeat(levels)}`
}

/** Values that are of no type, of the wrong one, too large, or that some layer below reads as something else. */
const values: readonly unknown[] = [
  ...[null, true, false, -1, 0, 1.5, 2 ** 31, 2 ** 53 - 1, 2 ** 53, -(2 ** 53), 1e308],
  ...['', ' ', '0', '\u0000', 'R\u0000x', '\ud800', 'a\udfffb', '\uffff', '\u202e', '💥', 'é', 'é'],
  ...[
    "'; drop table job; --",
    '{}',
    '%00',
    '../../../etc/passwd',
    '1e1000',
    'NaN',
    'null',
    '\\u0000',
    '{"a":"\\u0000"}',
  ],
  ...['x'.repeat(3_000), '销'.repeat(3_000), '9'.repeat(400)],
  ...[[], {}, [null], [[]], { $gt: '' }, { toString: 'x' }, { length: -1 }, Array.from({ length: 200 }, () => 'x')],
]

type Path = readonly (string | number)[]

/** Every place of a value, itself included. */
function places(value: unknown, at: Path = []): Path[] {
  const below =
    typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([name, one]) => places(one, [...at, Array.isArray(value) ? Number(name) : name]))
      : []
  return [at, ...below]
}

/** A copy with another value at a place; `undefined` takes it away. */
function withAt(value: unknown, [name, ...rest]: Path, put: unknown): unknown {
  if (name === undefined) return put
  const copy: Record<string | number, unknown> = Array.isArray(value)
    ? ([...value] as never)
    : { ...(value as Record<string, unknown>) }
  copy[name] = withAt(copy[name], rest, put)
  return copy
}

const anyValue = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom(...values) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  { weight: 1, arbitrary: fc.anything({ maxDepth: 2, withNullPrototype: false }) },
)

/** JSON as text; `undefined`, functions and the like of a drawn value are left out as JSON leaves them out. */
function textOf(value: unknown): string {
  return JSON.stringify(value, (_, one) => (typeof one === 'bigint' ? String(one) : one)) ?? 'null'
}

/** One or two places changed: another value there, or nothing. */
function otherValues(sample: unknown): fc.Arbitrary<string> {
  const all = places(sample)
  const change = fc.record({ at: fc.nat(), put: fc.option(anyValue, { nil: undefined, freq: 8 }) })
  return fc.array(change, { minLength: 1, maxLength: 2 }).map((changes) => {
    let broken = sample
    for (const { at, put } of changes) {
      const place = all[at % all.length]!
      try {
        broken = withAt(broken, place, put)
      } catch {
        // The change before took the place away.
      }
    }
    return textOf(broken)
  })
}

/** What no JSON writer would write. */
function otherText(sample: unknown): fc.Arbitrary<string> {
  const text = textOf(sample)
  return fc.oneof(
    fc.nat({ max: text.length }).map((end) => text.slice(0, end)),
    fc.constantFrom(
      text.replace('{', '{"__proto__":{"role":"supervisor"},'),
      text.replace('{', '{"constructor":{"prototype":{"role":"supervisor"}},'),
      // The last of two equal keys counts, for whoever reads it first and whoever reads it again.
      text.replace(/"(\w+)":/, '"$1":null,"$1":'),
      text.replace(/:"[^"]*"/, `:${deep(20_000)}`),
      `\ufeff${text}`,
      `${text}${text}`,
      deep(50_000),
      'NaN',
      '',
    ),
    fc
      .tuple(fc.nat({ max: text.length }), fc.string({ unit: 'binary', minLength: 1, maxLength: 3 }))
      .map(([at, put]) => text.slice(0, at) + put + text.slice(at + 1)),
  )
}

/** The body of a request that was right, broken. */
export function brokenBody(sample: unknown): fc.Arbitrary<string> {
  return fc.oneof({ weight: 4, arbitrary: otherValues(sample) }, { weight: 1, arbitrary: otherText(sample) })
}

/** A part of an address as it should be, or anything. Already escaped. */
export function brokenWord(right: string): fc.Arbitrary<string> {
  const wrong = fc.constantFrom(
    ...[
      '%00',
      '%ff%fe',
      '..%2f..%2f',
      '%',
      '-1',
      '99999999999999999999',
      '1e9',
      'null',
      'x'.repeat(300),
      '%F0%9F%92%A5',
      ' ',
      '*',
    ],
  )
  return fc.oneof({ weight: 3, arbitrary: fc.constant(right) }, { weight: 1, arbitrary: wrong })
}
