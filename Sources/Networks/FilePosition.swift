/// A place in a file; lines and columns count from 1.
public struct FilePlace: Hashable, Sendable, CustomStringConvertible {
    public var file: String
    public var line: Int
    /// Counts characters.
    public var column: Int

    public init(file: String, line: Int, column: Int) {
        self.file = file
        self.line = line
        self.column = column
    }

    public var description: String { "\(file), line \(line), column \(column)" }
}
