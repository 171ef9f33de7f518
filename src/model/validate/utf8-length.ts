/** Sizes of texts in bytes. */

/** How many bytes a text has in UTF-8. */
export function utf8Length(text: string): number {
  let bytes = text.length
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i)
    if (unit < 0x80) continue
    if (unit < 0x800) bytes += 1
    else if (unit >= 0xd800 && unit < 0xdc00 && i + 1 < text.length) {
      // A surrogate pair: two units, four bytes.
      bytes += 2
      i++
    } else bytes += 2
  }
  return bytes
}

/** How many bytes a base64 text stands for. */
export function base64Length(text: string): number {
  const letters = text.replace(/[\s=]/g, '').length
  return Math.floor((letters * 3) / 4)
}
