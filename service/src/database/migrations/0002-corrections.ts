/** Request data the customer corrected after the home province had sent it back; what was signed stays as it was. */
export const corrections: readonly string[] = ['alter table product_order add column corrections text']
