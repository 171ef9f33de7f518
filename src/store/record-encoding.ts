/** Records as bytes: four numbers of eight bytes, then the value in UTF-8. */
import type { StoreRecord } from './store.js'

const HEADER_BYTES = 32

export function encodeRecord(record: StoreRecord): Buffer {
  const valueBytes = Buffer.byteLength(record.value)
  const bytes = Buffer.allocUnsafe(HEADER_BYTES + valueBytes)
  bytes.writeDoubleBE(record.createRevision, 0)
  bytes.writeDoubleBE(record.modRevision, 8)
  bytes.writeDoubleBE(record.version, 16)
  bytes.writeDoubleBE(record.lease, 24)
  bytes.write(record.value, HEADER_BYTES, 'utf8')
  return bytes
}

/** Reads what encodeRecord wrote; copies, so the bytes may be reused afterwards. */
export function decodeRecord(key: string, bytes: Buffer): StoreRecord {
  return {
    key,
    value: bytes.toString('utf8', HEADER_BYTES),
    createRevision: bytes.readDoubleBE(0),
    modRevision: bytes.readDoubleBE(8),
    version: bytes.readDoubleBE(16),
    lease: bytes.readDoubleBE(24),
  }
}
