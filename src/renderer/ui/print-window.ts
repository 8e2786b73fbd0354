/**
 * Prints the window as it stands. The shipped font comes in parts, each fetched with the first character that needs it: printed before they
 * are there, a word that this machine has no font of its own for would be missing from the paper.
 */
export async function printWindow(): Promise<void> {
  // Laid out first, so that whatever came onto the page just now has asked for its part.
  void document.body.offsetHeight
  await document.fonts.ready
  window.print()
}
