import { z } from 'zod'
import { provinceSchema } from '../domain/geography.ts'
import { instantSchema } from '../domain/scalars.ts'
import { ruleKeySchema } from './rules.ts'

/*
 * How a counter proves who it is: RFC 9449 (DPoP). Every request carries a `DPoP` header, a JWT signed with the device's
 * ES256 key (htm, htu, iat, jti; ath when a token is sent), and, once staff are signed in, `Authorization: DPoP <token>`.
 * The token is bound to the key's thumbprint, so a stolen token is worth nothing on another machine.
 */

/** A number of 32 bytes as base64url (RFC 7518, section 6.2.1). */
const coordinateSchema = z.string().regex(/^[\w-]{43}$/)

/** An EC P-256 public key as JWK. */
export const publicKeySchema = z.object({
  kty: z.literal('EC'),
  crv: z.literal('P-256'),
  x: coordinateSchema,
  y: coordinateSchema,
})

/** `POST /v1/devices`: enrols a counter once, with the one-time code an administrator gave it. */
export const enrolmentRequestSchema = z.object({ enrolmentCode: z.string().min(6).max(64), publicKey: publicKeySchema })

export const deviceSchema = z.object({
  deviceId: z.string(),
  deviceName: z.string(),
  storeId: z.string(),
  storeName: z.string(),
  handlingProvince: provinceSchema,
  /** Identity of the service this device belongs to; a service with another identity is refused (decision: target identity). */
  serviceId: z.string(),
  /** In the answer to an enrolment: the highest job number the service has of this device. A counter that begins anew counts on from it. */
  lastSequence: z.int().nonnegative().optional(),
  /** In the answer to an enrolment: the keys that sign this service's rules. */
  ruleKeys: z.array(ruleKeySchema).max(50).optional(),
})
export type Device = z.infer<typeof deviceSchema>

export const staffRoles = ['clerk', 'supervisor', 'trainer', 'auditor'] as const
export const staffRoleSchema = z.enum(staffRoles)
export type StaffRole = z.infer<typeof staffRoleSchema>

export const staffSchema = z.object({
  staffId: z.string(),
  name: z.string(),
  role: staffRoleSchema,
  storeId: z.string(),
})
export type Staff = z.infer<typeof staffSchema>

/** `POST /v1/sessions`: staff sign-in on an enrolled device. */
export const signInRequestSchema = z.object({
  staffId: z.string().trim().min(1).max(32),
  password: z.string().min(1).max(200),
})

export const sessionSchema = z.object({
  token: z.string(),
  expiresAt: instantSchema,
  staff: staffSchema,
  device: deviceSchema,
})
export type Session = z.infer<typeof sessionSchema>
