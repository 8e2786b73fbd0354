import { readFile } from 'node:fs/promises'
import { z } from 'zod'
import type { Carrier } from '../../../src/shared/domain/geography.ts'
import {
  type RenewalApp,
  type RenewalPolicy,
  renewalPolicyOf,
  renewalSettingsSchema,
} from '../../../src/shared/domain/renewal.ts'

/** How numbers are renewed, as configured. */
export interface RenewalPolicies {
  apps: readonly RenewalApp[]
  of(carrier: Carrier): RenewalPolicy
}

/** Reads the configuration of renewal. Throws with the file and the place of what is wrong. */
export async function loadRenewalPolicies(path: string): Promise<RenewalPolicies> {
  const parsed = renewalSettingsSchema.safeParse(JSON.parse(await readFile(path, 'utf8')))
  if (!parsed.success) throw new Error(`${path}: ${z.prettifyError(parsed.error)}`)
  const settings = parsed.data
  return { apps: settings.apps, of: (carrier) => renewalPolicyOf(settings, carrier) }
}
