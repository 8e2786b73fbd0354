import { z } from 'zod'
import { dateSchema, instantSchema } from '../domain/scalars.ts'

/*
 * How rules travel. The service signs every pack it publishes: a compact JWS (RFC 7515, EdDSA over Ed25519) whose payload is the
 * pack as canonical JSON (RFC 8785). A published pack never changes and never disappears; a set of packs is only ever added to. So
 * an older list replayed takes nothing away, and whoever lacks a pack, counter or restored service, is given it by the other.
 */

/** `typ` of the signature's header: nothing else that these keys may once sign can be taken for a pack. */
export const rulePackTokenType = 'counterfoil-rules+jws'

const base64url = z.string().regex(/^[A-Za-z0-9_-]+$/)

/** What the header of a signed pack must say. `publishedAt` travels with the pack, so that a restored service has it again. */
export const rulePackHeaderSchema = z.object({
  alg: z.literal('EdDSA'),
  typ: z.literal(rulePackTokenType),
  kid: base64url,
  publishedAt: instantSchema,
})

/**
 * A key that signs rules. `keyId` is the key's own thumbprint (RFC 7638). A later key is endorsed by an earlier one: its
 * `endorsement` is a JWS by `kid` over `keyId`, so that whoever knows one key can follow every rotation. A key has one successor, told to
 * counters before it is needed: whoever steals a key can neither put another in its place nor undo that the successor revokes it.
 */
export const ruleKeySchema = z.object({
  keyId: base64url.max(64),
  /** The public point, as in a JWK of kty OKP, crv Ed25519. */
  x: base64url.length(43),
  endorsement: z.string().max(1000).optional(),
  /** The successor's JWS over this `keyId`: nothing this key signed is to be believed any more. */
  revocation: z.string().max(1000).optional(),
})
export type RuleKey = z.infer<typeof ruleKeySchema>

const digestSchema = z.string().regex(/^[0-9a-f]{64}$/)

/** A pack in the list of what is published. `digest` is the SHA-256 of its canonical JSON. */
export const listedPackSchema = z.object({
  id: z.string().min(1).max(60),
  version: z.string().min(1).max(40),
  validFrom: dateSchema,
  digest: digestSchema,
  publishedAt: instantSchema,
})
export type ListedPack = z.infer<typeof listedPackSchema>

/** `GET /v1/rule-packs`: everything published, oldest first, with the keys it is signed by. */
export const ruleListSchema = z.object({
  keys: z.array(ruleKeySchema).min(1).max(50),
  packs: z.array(listedPackSchema),
  /** Names the whole set; the same in every answer of the change feed. */
  setDigest: digestSchema,
})
export type RuleList = z.infer<typeof ruleListSchema>

/** Most packs one request names or brings. */
export const mostPacksAtOnce = 50

/** `POST /v1/rule-packs/contents`: signed packs by their digests; those unknown are left out. */
export const packContentsRequestSchema = z.object({ digests: z.array(digestSchema).min(1).max(mostPacksAtOnce) })
const signedPackSchema = z.string().max(200_000)
export const packContentsSchema = z.object({ packs: z.array(signedPackSchema) })

/** `POST /v1/rule-packs/returned`: packs a restored service has forgotten; it believes its own signature alone. */
export const returnedPacksSchema = z.object({ packs: z.array(signedPackSchema).min(1).max(mostPacksAtOnce) })
export const returnedPacksAnswerSchema = z.object({ restored: z.int().nonnegative() })

/** `typ` of an endorsement: an earlier key's signature over the thumbprint of a later one. */
export const ruleKeyTokenType = 'counterfoil-rule-key+jws'

/** `typ` of a revocation: the successor's signature over the thumbprint of the key before it. */
export const ruleKeyRevocationType = 'counterfoil-rule-key-revocation+jws'

/** What every pack has, whatever rules it holds. */
export const packNameSchema = z.looseObject({
  id: z.string().min(1).max(60),
  version: z.string().min(1).max(40),
  validFrom: dateSchema,
})
