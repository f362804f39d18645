import RLP
import SansIO

extension PeerRecord {
    static func make(_ kind: Kind, _ subject: [UInt8], _ fields: (inout RLPWriter) -> Void) -> PeerRecord {
        var writer = RLPWriter()
        writer.list { list in
            list.write(version)
            fields(&list)
        }
        return PeerRecord(key: [kind.rawValue] + subject, value: writer.bytes)
    }

    /// Reads the fields after the version.
    func read<Value>(
        _ body: (inout RLPReader) throws(RLPError) -> Value
    ) throws(PeerRecordError) -> Value {
        guard value.count <= Self.maxBytes else { throw .tooLarge(bytes: value.count) }
        var found: UInt64?
        do throws(RLPError) {
            var reader = RLPReader(value)
            var list = try reader.readList()
            let version = try list.read(UInt64.self)
            found = version
            guard version == Self.version else { throw RLPError.invalidValue }
            let value = try body(&list)
            try list.expectEnd()
            try reader.expectEnd()
            return value
        } catch {
            if let found, found != Self.version { throw .otherVersion(found) }
            throw .malformed(error)
        }
    }
}

extension Instant {
    /// As records have it: nothing before 1970.
    var recorded: UInt64 { UInt64(max(0, nanoseconds)) }
}

extension RLPReader {
    mutating func int64() throws(RLPError) -> Int64 {
        guard let value = Int64(exactly: try read(UInt64.self)) else { throw .invalidValue }
        return value
    }

    mutating func instant() throws(RLPError) -> Instant { Instant(nanoseconds: try int64()) }

    /// A number that may be counted on from without overflow.
    mutating func count() throws(RLPError) -> Int { Int(try read(UInt32.self) & 0x3fff_ffff) }
}
