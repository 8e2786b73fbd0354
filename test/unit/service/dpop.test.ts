import { generateKeyPairSync, sign } from 'node:crypto'
import fc from 'fast-check'
import { expect, it } from 'vitest'
import { verifyDpop } from '../../../service/src/auth/dpop.ts'
import { createKeyReader } from '../../../service/src/auth/proof-keys.ts'

const now = 1_795_000_000_000
const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const jwk = publicKey.export({ format: 'jwk' })
const settings = { origins: ['https://centre.example'], windowMs: 120_000, readKey: createKeyReader() }
const base64url = (content: object) => Buffer.from(JSON.stringify(content)).toString('base64url')

function signed(jti: string, header: object = { typ: 'dpop+jwt', alg: 'ES256', jwk }): string {
  const claims = { htm: 'POST', htu: 'https://centre.example/v1/jobs', jti, iat: now / 1000 }
  return `${base64url(header)}.${base64url(claims)}`
}

function proofOf(jti: string, header?: object): { text: string; signature: Buffer } {
  const text = signed(jti, header)
  return { text, signature: sign('sha256', Buffer.from(text), { key: privateKey, dsaEncoding: 'ieee-p1363' }) }
}

async function outcomeOf(text: string, signature: Uint8Array) {
  const proof = `${text}.${Buffer.from(signature).toString('base64url')}`
  const proven = await verifyDpop(settings, { method: 'POST', path: '/v1/jobs', proof, token: undefined }, now)
  return proven.ok || proven.error.params?.reason
}

it('takes every true signature, also one whose numbers begin with zeros', async () => {
  let short = 0
  for (let nth = 0; nth < 1_500; nth += 1) {
    const { text, signature } = proofOf(`number-${nth}`)
    if (signature[0] === 0 || signature[32] === 0) short += 1
    expect(await outcomeOf(text, signature)).toBe(true)
  }
  // One of 128 has such a number.
  expect(short).toBeGreaterThan(0)
})

it('takes no other', async () => {
  const { text, signature } = proofOf('the one proof')
  await fc.assert(
    fc.asyncProperty(fc.nat({ max: 63 }), fc.integer({ min: 1, max: 255 }), async (at, change) => {
      const changed = Uint8Array.from(signature)
      changed[at]! ^= change
      expect(await outcomeOf(text, changed)).toBe('signature')
    }),
  )
  const zeros = new Uint8Array(64)
  const der = sign('sha256', Buffer.from(text), privateKey)
  for (const wrong of [zeros, zeros.fill(255), signature.subarray(1), Buffer.concat([signature, signature]), der, []])
    expect(await outcomeOf(text, Uint8Array.from(wrong))).toBe('signature')
  expect(await outcomeOf(signed('another proof'), signature)).toBe('signature')
})

it('reads each header for what it says, however often it was seen', async () => {
  const other = generateKeyPairSync('ec', { namedCurve: 'P-256' })
  for (let time = 0; time < 2; time += 1) {
    for (const header of [
      { typ: 'JWT', alg: 'ES256', jwk },
      { typ: 'dpop+jwt', alg: 'none', jwk },
      { typ: 'dpop+jwt', alg: 'ES256', jwk, crit: ['b64'], b64: false },
      { typ: 'dpop+jwt', alg: 'ES256', jwk: other.publicKey.export({ format: 'jwk' }) },
    ]) {
      const { text, signature } = proofOf('the same proof', header)
      expect(await outcomeOf(text, signature)).toBe('signature')
    }
    for (const key of [
      { ...jwk, d: privateKey.export({ format: 'jwk' }).d },
      { kty: 'oct', k: 'AAAA' },
      {},
      undefined,
    ]) {
      const { text, signature } = proofOf('the same proof', { typ: 'dpop+jwt', alg: 'ES256', jwk: key })
      expect(await outcomeOf(text, signature)).toBe('key')
    }
    const named = proofOf('the same proof', { typ: 'dpop+jwt', alg: 'ES256', jwk: { ...jwk, kid: 'x'.repeat(600) } })
    expect(await outcomeOf(named.text, named.signature)).toBe(true)
  }
})
