/** @peculiar/x509, loaded at its first use: it takes a quarter of a second that a restart need not wait for. */

/** The library; it uses the Web Crypto that Node has as a global. */
export async function loadX509() {
  await import('reflect-metadata')
  return import('@peculiar/x509')
}

export type X509Library = Awaited<ReturnType<typeof loadX509>>
