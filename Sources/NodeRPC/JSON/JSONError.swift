/// Why text is no JSON that this node reads.
public enum JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The offset in bytes of what doesn't fit.
    case invalid(at: Int)
    /// Arrays and objects inside each other, more than `JSONReader.maxDepth`.
    case tooDeep
    /// More than `JSONReader.maxValues` values.
    case tooManyValues

    public var description: String {
        switch self {
        case .invalid(let offset): "it is no JSON from byte \(offset) on"
        case .tooDeep: "its arrays and objects are nested too deep"
        case .tooManyValues: "it has too many values"
        }
    }
}
