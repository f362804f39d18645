import EthCrypto
import NodeRecord
import Primitives
import RLP
import SansIO

extension KnownContacts.Entry {
    /// - Parameter anchor: 1 for the peer to dial first, and so on; 0 for one that is no anchor.
    func record(anchor: Int) -> PeerRecord {
        .make(.contact, contact.id.bytes) { list in
            list.write(contact.publicKey)
            list.write(contact.ip.bytes)
            list.write(contact.udpPort)
            list.write(contact.tcpPort)
            list.write(lastMet.recorded)
            list.write(isProven)
            list.write(UInt64(max(0, anchor)))
            list.write(contact.record?.encoded ?? [])
            list.write(UInt64(use.rawValue))
        }
    }

    static func read(
        _ fields: inout RLPReader, now: Instant
    ) throws(RLPError) -> (entry: KnownContacts.Entry, anchor: Int) {
        let key = try fields.read(PublicKey.self)
        guard let ip = IPAddress(bytes: try fields.readBytes(limit: 16)), key.isOnCurve else { throw .invalidValue }
        let ports = (try fields.read(UInt16.self), try fields.read(UInt16.self))
        var entry = KnownContacts.Entry(
            contact: NodeContact(publicKey: key, ip: ip, udpPort: ports.0, tcpPort: ports.1),
            lastMet: min(try fields.instant(), now), isProven: try fields.read(), use: .nothing)
        let anchor = try fields.count()
        let record = try fields.readBytes(limit: NodeRecord.maxByteCount)
        if !record.isEmpty {
            guard let record = try? NodeRecord(encoded: record), record.publicKey == key else { throw .invalidValue }
            entry.contact.record = record
        }
        // Records of earlier programs end here.
        if !fields.isAtEnd {
            guard let use = Use(rawValue: try fields.read(UInt8.self)) else { throw .invalidValue }
            entry.use = use
        }
        return (entry, anchor)
    }
}

extension PublicKey {
    fileprivate var isOnCurve: Bool { (try? validated()) != nil }
}
