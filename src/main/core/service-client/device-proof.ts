import { base64url, exportJWK, generateKeyPair, importJWK, SignJWT } from 'jose'
import type { DevicePrivateKey, Ports } from '../ports.ts'

/** Signs requests as this device (RFC 9449). */
export interface DeviceProof {
  /** The device's public key as it is enrolled; makes and keeps a key pair on the first call. */
  publicKey(): Promise<{ kty: 'EC'; crv: 'P-256'; x: string; y: string }>
  /** A fresh DPoP header for one request. `url` is without query and fragment (RFC 9449, section 4.2). */
  sign(request: { method: string; url: string; token?: string }): Promise<string>
}

async function createKey(secrets: Ports['secrets']): Promise<DevicePrivateKey> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  const { x, y, d } = await exportJWK(privateKey)
  const key: DevicePrivateKey = { kty: 'EC', crv: 'P-256', x: x!, y: y!, d: d! }
  await secrets.writeDeviceKey(key)
  return key
}

function bytesOfHex(hex: string): Uint8Array {
  return Uint8Array.from(hex.match(/../g)!, (pair) => Number.parseInt(pair, 16))
}

/** Creates the signer; the private key is read from the secret store once, on first use. */
export function createDeviceProof(ports: Pick<Ports, 'secrets' | 'ids' | 'clock' | 'sha256'>): DeviceProof {
  let loading: Promise<{ key: DevicePrivateKey; signer: Awaited<ReturnType<typeof importJWK>> }> | undefined
  async function load() {
    const key = (await ports.secrets.readDeviceKey()) ?? (await createKey(ports.secrets))
    return { key, signer: await importJWK(key, 'ES256') }
  }
  async function loaded() {
    loading ??= load()
    try {
      return await loading
    } catch (error) {
      loading = undefined
      throw error
    }
  }
  return {
    async publicKey() {
      const { kty, crv, x, y } = (await loaded()).key
      return { kty, crv, x, y }
    },
    async sign({ method, url, token }) {
      const { key, signer } = await loaded()
      const ath = token ? { ath: base64url.encode(bytesOfHex(ports.sha256(token))) } : {}
      return new SignJWT({ htm: method, htu: url, ...ath })
        .setProtectedHeader({ typ: 'dpop+jwt', alg: 'ES256', jwk: { kty: key.kty, crv: key.crv, x: key.x, y: key.y } })
        .setJti(ports.ids.uuid())
        .setIssuedAt(Math.floor(ports.clock.now() / 1000))
        .sign(signer)
    },
  }
}
