import canonicalize from 'canonicalize'
import { CompactSign, exportJWK, generateKeyPair } from 'jose'
import { describe, expect, test } from 'vitest'
import { believedKeys, verifyPack } from '../../../src/main/core/rules/verify-rules.ts'
import { sha256 } from '../../../src/main/devices/machine/system-ports.ts'
import { ruleKeyRevocationType, ruleKeyTokenType, rulePackTokenType } from '../../../src/shared/protocol/rules.ts'
import { createRuleSigner, fewPacks, type RuleSigner, signer } from '../../support/signed-rules.ts'

const pack = fewPacks.find(({ id }) => id === 'cn-ctcc-14')!
const keys = [signer.key]
const verify = (jws: string, by = keys) => verifyPack(jws, by, sha256)

async function signedAs(header: Record<string, unknown>, content: string) {
  return new CompactSign(new TextEncoder().encode(content))
    .setProtectedHeader({ alg: 'EdDSA', kid: signer.key.keyId, publishedAt: 1, ...header })
    .sign(signer.privateKey)
}

describe('a signed pack', () => {
  test('is what was signed, with its digest and the instant of its publication', async () => {
    const { jws, listed } = await signer.sign(pack, 1_800_000_000_000)
    expect(await verify(jws)).toEqual({
      ok: true,
      value: { pack, digest: listed.digest, publishedAt: 1_800_000_000_000, jws, keyId: signer.key.keyId },
    })
  })

  test('is refused when any of its bytes is another', async () => {
    const { jws } = await signer.sign(pack)
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    for (let at = 0; at < jws.length; at += 1) {
      if (jws[at] === '.') continue
      // The last character of a part may carry unused bits: step far enough for the bytes to differ.
      const changed = alphabet[(alphabet.indexOf(jws[at]!) + 32) % 64]
      const result = await verify(`${jws.slice(0, at)}${changed}${jws.slice(at + 1)}`)
      expect(result.ok, `byte ${at}`).toBe(false)
    }
    for (const cut of [1, 20, jws.length / 2, jws.length - 1])
      expect((await verify(jws.slice(0, cut))).ok, `cut at ${cut}`).toBe(false)
  })

  test('is refused by another key, another purpose, another algorithm, and when it is not in its canonical form', async () => {
    const stranger = await createRuleSigner()
    const content = canonicalize(pack)!
    const refused = [
      (await stranger.sign(pack)).jws,
      // A stranger who claims the service's key id.
      (await signedAs({ typ: rulePackTokenType }, content)).replace(
        /[^.]+$/,
        (await stranger.sign(pack)).jws.split('.')[2]!,
      ),
      await signedAs({ typ: ruleKeyTokenType }, content),
      await signedAs({}, content),
      await signedAs({ typ: rulePackTokenType, publishedAt: 'today' }, content),
      await signedAs({ typ: rulePackTokenType }, `${content} `),
      await signedAs({ typ: rulePackTokenType }, content.replace('{', '{"assumed":true,')),
      await signedAs({ typ: rulePackTokenType }, 'no json'),
      `${Buffer.from(JSON.stringify({ alg: 'none', typ: rulePackTokenType, kid: signer.key.keyId, publishedAt: 1 })).toString('base64url')}.${Buffer.from(content).toString('base64url')}.`,
    ]
    for (const [index, jws] of refused.entries())
      expect(await verify(jws), String(index)).toMatchObject({ ok: false, error: { code: 'rules.signature' } })
    expect(await verify((await signer.sign(pack)).jws, [])).toMatchObject({ ok: false })
  })

  test('that speaks a language this program does not know is told apart from a forged one', async () => {
    const { jws } = await signer.sign({ ...pack, sections: { horoscopes: [] } } as never)
    expect(await verify(jws)).toEqual({
      ok: false,
      error: { code: 'rules.newer', params: { pack: pack.id, version: pack.version } },
    })
  })
})

describe('keys', () => {
  const endorse = async (by: Awaited<ReturnType<typeof createRuleSigner>>, keyId: string, typ = ruleKeyTokenType) =>
    new CompactSign(new TextEncoder().encode(keyId))
      .setProtectedHeader({ alg: 'EdDSA', typ, kid: by.key.keyId })
      .sign(by.privateKey)

  test('are taken as they come by a counter that knows none, and afterwards only when a known one vouches for them', async () => {
    const [first, second, third, stranger] = await Promise.all([1, 2, 3, 4].map(createRuleSigner))
    expect(await believedKeys([], [first!.key])).toEqual([first!.key])
    const two = { ...second!.key, endorsement: await endorse(first!, second!.key.keyId) }
    const three = { ...third!.key, endorsement: await endorse(second!, third!.key.keyId) }
    expect(await believedKeys([first!.key], [first!.key, two, three])).toEqual([first!.key, two, three])
    expect(await believedKeys([first!.key], [stranger!.key])).toEqual([first!.key])
    const stolen = { ...stranger!.key, endorsement: two.endorsement }
    const self = { ...stranger!.key, endorsement: await endorse(stranger!, stranger!.key.keyId) }
    const wrongPurpose = {
      ...stranger!.key,
      endorsement: await endorse(first!, stranger!.key.keyId, rulePackTokenType),
    }
    for (const key of [stolen, self, wrongPurpose, { ...stranger!.key, endorsement: 'x.y.z' }])
      expect(await believedKeys([first!.key], [key])).toEqual([first!.key])
  })

  test('have one successor: whoever steals a key can put no other in its place', async () => {
    const [first, second, thief] = await Promise.all([1, 2, 3].map(createRuleSigner))
    const two = { ...second!.key, endorsement: await endorse(first!, second!.key.keyId) }
    const stolen = { ...thief!.key, endorsement: await endorse(first!, thief!.key.keyId) }
    expect(await believedKeys([first!.key, two], [stolen])).toEqual([first!.key, two])
    expect(await believedKeys([first!.key], [two, stolen])).toEqual([first!.key, two])
  })

  test('are revoked by their successor alone, for ever, and nothing they signed is believed', async () => {
    const [first, second, third, thief] = await Promise.all([1, 2, 3, 4].map(createRuleSigner))
    const two = { ...second!.key, endorsement: await endorse(first!, second!.key.keyId) }
    const three = { ...third!.key, endorsement: await endorse(second!, third!.key.keyId) }
    const known = [first!.key, two, three]
    const revoke = (by: RuleSigner, typ?: string) => endorse(by, first!.key.keyId, typ ?? ruleKeyRevocationType)
    const offered = async (by: RuleSigner, typ?: string) => [{ ...first!.key, revocation: await revoke(by, typ) }]
    for (const wrong of [
      await offered(first!),
      await offered(third!),
      await offered(thief!),
      await offered(second!, ruleKeyTokenType),
      [{ ...first!.key, revocation: 'x.y.z' }],
      [{ ...first!.key, revocation: await endorse(second!, second!.key.keyId, ruleKeyRevocationType) }],
    ])
      expect(await believedKeys(known, wrong)).toEqual(known)
    const [revoked] = await offered(second!)
    const believed = await believedKeys(known, [revoked!])
    expect(believed).toEqual([revoked, two, three])
    expect(await believedKeys(believed, [first!.key])).toEqual(believed)
    expect(await believedKeys([], [revoked!, two])).toEqual([revoked, two])
    const { jws } = await first!.sign(pack)
    expect(await verify(jws, believed)).toMatchObject({ ok: false, error: { code: 'rules.revoked' } })
    expect((await verify((await second!.sign(pack)).jws, believed)).ok).toBe(true)
  })

  test('must be named by their own thumbprint', async () => {
    const { x } = (await exportJWK(
      (
        await generateKeyPair('EdDSA', { crv: 'Ed25519', extractable: true })
      ).publicKey,
    )) as {
      x: string
    }
    expect(await believedKeys([], [{ keyId: signer.key.keyId, x }])).toEqual([])
  })
})
