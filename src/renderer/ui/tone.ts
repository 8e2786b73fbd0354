/** What a mark or tag says: it is done, it waits, it stops the customer, it is the chosen one, or nothing of these. */
export type Tone = 'done' | 'waits' | 'stops' | 'chosen' | 'plain'
