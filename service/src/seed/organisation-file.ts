import { z } from 'zod'
import { provinceSchema } from '../../../src/shared/domain/geography.ts'
import { staffRoleSchema } from '../../../src/shared/protocol/device.ts'

const idSchema = z.string().trim().min(1).max(64)

/** Nothing slows down whoever tries codes one after the other, so there must be too many: ten letters and digits, dashes apart. */
const enrolmentCodeSchema = z
  .string()
  .max(64)
  .refine((code) => code.replaceAll(/[\s-]/g, '').length >= 10, 'must have ten letters and digits or more')

/** Stores with their devices and staff, as an administrator hands them to the service. */
export const organisationFileSchema = z
  .object({
    note: z.string().optional(),
    stores: z.array(
      z.object({
        storeId: idSchema,
        name: z.string().min(1).max(80),
        province: provinceSchema,
        /** Only some stores may accept remote cancellations (domain facts, chapter 1). */
        mayAccept: z.boolean().default(true),
        devices: z
          .array(
            z.object({
              deviceId: idSchema,
              name: z.string().min(1).max(40),
              /** One-time codes, each good for one enrolment; a later one moves the device to another machine. */
              enrolmentCodes: z.array(enrolmentCodeSchema).default([]),
              revoked: z.boolean().default(false),
            }),
          )
          .default([]),
        staff: z
          .array(
            z.object({
              staffId: z.string().trim().min(1).max(32),
              name: z.string().min(1).max(60),
              role: staffRoleSchema,
              /** First password; a password the service already keeps is left alone. */
              password: z.string().min(8).max(200),
              active: z.boolean().default(true),
            }),
          )
          .default([]),
      }),
    ),
  })
  .superRefine((file, issues) => {
    const ids = (kind: string, values: string[]) => {
      const twice = values.find((value, index) => values.indexOf(value) !== index)
      if (twice !== undefined) issues.addIssue({ code: 'custom', message: `${kind} ${twice} appears twice` })
    }
    ids(
      'store',
      file.stores.map((store) => store.storeId),
    )
    ids(
      'device',
      file.stores.flatMap((store) => store.devices.map((device) => device.deviceId)),
    )
    ids(
      'staff',
      file.stores.flatMap((store) => store.staff.map((person) => person.staffId)),
    )
  })
export type OrganisationFile = z.infer<typeof organisationFileSchema>
