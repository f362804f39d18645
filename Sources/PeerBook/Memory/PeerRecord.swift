/// One entry of what a book keeps over a restart: a key and a value for a table on disk.
public struct PeerRecord: Hashable, Sendable {
    /// What it is about: a byte for the kind, then whom.
    public let key: [UInt8]
    /// RLP; its first element is the version.
    public let value: [UInt8]

    public init(key: [UInt8], value: [UInt8]) {
        self.key = key
        self.value = value
    }

    /// No record is larger. A node's contact with its record takes about 450 bytes.
    public static let maxBytes = 4_096

    /// Goes up with each change that older programs can't read.
    static let version: UInt64 = 1

    enum Kind: UInt8 {
        case standing = 1
        case range
        case addressBan
        case contact
    }
}
