import { generateKeyPairSync, type KeyObject, randomUUID, sign } from 'node:crypto'
import { uuidv7 } from 'uuidv7'

/** A counter of the benchmark: a real key, real proofs, made as cheaply as they can be. */
export interface BenchCounter {
  publicKey: { kty: 'EC'; crv: 'P-256'; x: string; y: string }
  /** A whole HTTP request with a fresh proof, ready to be written to a socket. */
  request(method: 'GET' | 'POST', path: string, body?: string): Buffer
  /** An envelope with the next number of this counter, as JSON. */
  job(kind: string, payload: object, details: { lane: string; staffId: string }): string
}

const base64url = (content: string) => Buffer.from(content).toString('base64url')

/** Creates a counter for a service at `origin`. */
export function createBenchCounter(origin: string): BenchCounter {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' }) as {
    privateKey: KeyObject
    publicKey: KeyObject
  }
  const { x, y } = publicKey.export({ format: 'jwk' }) as { x: string; y: string }
  const jwk = { kty: 'EC', crv: 'P-256', x, y } as const
  const header = base64url(JSON.stringify({ typ: 'dpop+jwt', alg: 'ES256', jwk }))
  const { host } = new URL(origin)
  let sequence = 0

  function proof(method: string, path: string): string {
    const claims = {
      htm: method,
      htu: origin + path.split('?')[0],
      jti: randomUUID(),
      iat: Math.floor(Date.now() / 1000),
    }
    const signed = `${header}.${base64url(JSON.stringify(claims))}`
    const signature = sign('sha256', Buffer.from(signed), { key: privateKey, dsaEncoding: 'ieee-p1363' })
    return `${signed}.${signature.toString('base64url')}`
  }

  return {
    publicKey: jwk,
    request(method, path, body) {
      const head = [`${method} ${path} HTTP/1.1`, `host: ${host}`, `dpop: ${proof(method, path)}`]
      if (body !== undefined) head.push('content-type: application/json', `content-length: ${Buffer.byteLength(body)}`)
      return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body ?? ''}`)
    },
    job(kind, payload, { lane, staffId }) {
      sequence += 1
      return JSON.stringify({
        id: uuidv7(),
        sequence,
        lane,
        kind,
        version: 1,
        staffId,
        createdAt: Date.now(),
        payload,
      })
    },
  }
}

/** The code that enrols the n-th device of `organisationOf`. */
export const codeOf = (index: number) => `CODE-${index}-BENCH`

/** An organisation of so many stores, each with a clerk and with devices numbered through all stores. */
export function organisationOf(stores: number, devicesPerStore = 1) {
  return {
    stores: Array.from({ length: stores }, (_, store) => ({
      storeId: `S${store}`,
      name: `S${store}`,
      province: '44',
      devices: Array.from({ length: devicesPerStore }, (_, index) => {
        const device = store * devicesPerStore + index
        return { deviceId: `D${device}`, name: `D${device}`, enrolmentCodes: [codeOf(device)] }
      }),
      staff: [{ staffId: `S${store}`, name: `S${store}`, role: 'clerk', password: 'bench-password' }],
    })),
  }
}
