import { pageHeaders } from '../devices/machine/page-headers.ts'

/** Sent with every answer of the host: what the page needs, and what a browser must be told besides. */
export const securityHeaders: Readonly<Record<string, string>> = {
  ...pageHeaders,
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), usb=(), serial=(), payment=()',
}
