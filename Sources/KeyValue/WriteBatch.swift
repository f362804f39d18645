/// Changes that a store makes all together or not at all, in this order.
public struct WriteBatch: Sendable {
    public enum Change: Hashable, Sendable {
        case put(Column, key: [UInt8], value: [UInt8])
        case delete(Column, key: [UInt8])
    }

    public private(set) var changes: [Change] = []
    /// The bytes of all keys and values.
    public private(set) var byteCount = 0

    public init() {}

    public var isEmpty: Bool { changes.isEmpty }

    /// Sets the value of a key, also to no bytes.
    public mutating func put(_ column: Column, _ key: [UInt8], _ value: [UInt8]) {
        changes.append(.put(column, key: key, value: value))
        byteCount += key.count + value.count
    }

    /// Removes a key, which needn't be there.
    public mutating func delete(_ column: Column, _ key: [UInt8]) {
        changes.append(.delete(column, key: key))
        byteCount += key.count
    }

    /// Adds another batch's changes after these.
    public mutating func append(_ other: WriteBatch) {
        changes += other.changes
        byteCount += other.byteCount
    }
}
