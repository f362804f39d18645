public import RLP

/// Why a kept record can't be used.
public enum PeerRecordError: Error, Hashable, Sendable {
    case unknownKey
    case tooLarge(bytes: Int)
    /// Written by another version of the program.
    case otherVersion(UInt64)
    case malformed(RLPError)
}

extension PeerRecordError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unknownKey: "its key is unknown"
        case .tooLarge(let bytes): "\(bytes) bytes, at most \(PeerRecord.maxBytes) are allowed"
        case .otherVersion(let version): "version \(version), this program reads version \(PeerRecord.version)"
        case .malformed(let error): "malformed: \(error)"
        }
    }
}
