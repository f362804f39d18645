/// A table of a store. Whoever keeps something declares its own tables, in an extension of this type.
///
/// A column is its name: the name of the table on disk.
public struct Column: Sendable {
    /// The table's name on disk.
    public let name: String
    /// Whether compression makes its values smaller; hashes and numbers it doesn't.
    public let isCompressible: Bool

    public init(_ name: String, isCompressible: Bool = false) {
        self.name = name
        self.isCompressible = isCompressible
    }
}

extension Column: Hashable {
    public static func == (left: Column, right: Column) -> Bool { left.name == right.name }

    public func hash(into hasher: inout Hasher) { hasher.combine(name) }
}
